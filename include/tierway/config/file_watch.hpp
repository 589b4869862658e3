#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tierway::config {

/// Tells when a configuration file has become another one: written anew, replaced by a rename, or reached through a symbolic link
/// that points elsewhere now (as Kubernetes updates a mounted ConfigMap). Looks when asked and holds nothing open. Not
/// thread-safe.
class FileWatch {
public:
    /// \param path which is taken for seen as it is now.
    explicit FileWatch(std::string path);

    /// Whether the file is another one than the last that was reported or seen. It must stand still from one look to the next to
    /// be reported, so that a file which is being written is not read half; look about once a second. A file that is gone is no
    /// change.
    bool changed();
    /// Takes the file for seen as it is now, because it was just read for another reason.
    void mark_seen();

private:
    struct State {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t modified_nanoseconds = 0;

        bool operator==(const State&) const = default;
    };
    [[nodiscard]] std::optional<State> look() const;

    std::string path_;
    std::optional<State> seen_;
    std::optional<State> last_look_;
};

}  // namespace tierway::config
