#include "tierway/base/artifact_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/artifact_layout.hpp"
#include "tierway/base/sha256.hpp"

namespace tierway {
namespace {

using artifact::Entry;
using artifact::Header;
using artifact::Name;

class Descriptor {
public:
    explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

Error unreadable(int error_number) {
    return Error::internal("It cannot be read: " + std::generic_category().message(error_number) + ".");
}

Error damaged(const std::string& how) {
    return Error::internal("It is damaged: " + how + ".");
}

/// The text of a name; empty when it is none: it must end within its bytes, and what follows be zeros.
std::string_view text_of(const Name& name) noexcept {
    const std::size_t size = std::string_view(name.data(), name.size()).find('\0');
    if (size == std::string_view::npos || size == 0 ||
        !std::all_of(name.begin() + static_cast<std::ptrdiff_t>(size), name.end(), [](char c) { return c == '\0'; })) {
        return {};
    }
    return {name.data(), size};
}

/// Fills `memory` from the file. False when the file ends early or cannot be read.
bool read_whole(int file, char* memory, std::size_t size) noexcept {
    while (size > 0) {
        const ssize_t got = ::read(file, memory, size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        memory += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

/// The file's bytes in read-only memory of our own.
Result<std::span<const std::byte>> load(const std::string& path) {
    // Not blocking, because a pipe without a writer would hold a start up for ever.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) {
        return unreadable(errno);
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        return unreadable(errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return Error::internal("It is no regular file.");
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > artifact::kBytesMax) {
        return Error::internal("It is larger than " + std::to_string(artifact::kBytesMax >> 20U) + " MiB, which no artefact is.");
    }
    if (size < sizeof(Header) + artifact::kChecksumBytes) {
        return Error::internal("It is no artefact of Tierway: it is too short for one.");
    }
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return unreadable(errno);
    }
    if (!read_whole(file.get(), static_cast<char*>(memory), size)) {
        ::munmap(memory, size);
        return Error::internal("It cannot be read to its end.");
    }
    ::mprotect(memory, size, PROT_READ);
    return std::span<const std::byte>(static_cast<const std::byte*>(memory), size);
}

}  // namespace

Result<std::shared_ptr<const ArtifactFile>> ArtifactFile::open(const std::string& path, std::string_view kind,
                                                               std::uint32_t version) {
    auto memory = load(path);
    if (!memory) {
        return memory.error();
    }
    std::shared_ptr<ArtifactFile> file(new ArtifactFile(*memory));
    if (auto fine = file->check(kind, version); !fine) {
        return fine.error();
    }
    return std::shared_ptr<const ArtifactFile>(std::move(file));
}

ArtifactFile::~ArtifactFile() {
    ::munmap(const_cast<std::byte*>(memory_.data()), memory_.size());
}

std::string_view ArtifactFile::bytes() const noexcept {
    return {reinterpret_cast<const char*>(memory_.data()), memory_.size()};
}

Result<void> ArtifactFile::check(std::string_view kind, std::uint32_t version) {
    const std::string_view whole = bytes();
    if (!whole.starts_with(artifact::kMagic)) {
        return Error::internal("It is no artefact of Tierway: its first bytes are those of something else.");
    }
    Header header;
    std::memcpy(&header, whole.data(), sizeof header);
    if (header.file_bytes != whole.size()) {
        return damaged("it says that it has " + std::to_string(header.file_bytes) + " bytes, but it has " +
                       std::to_string(whole.size()));
    }
    const std::string_view covered = whole.substr(0, whole.size() - artifact::kChecksumBytes);
    const Sha256 digest = sha256(covered);
    if (std::memcmp(digest.data(), whole.data() + covered.size(), digest.size()) != 0) {
        return damaged("its checksum does not fit its bytes");
    }
    const std::string_view its_kind = text_of(header.kind);
    if (its_kind != kind) {
        return Error::internal("It holds an artefact of the kind \"" + std::string(its_kind) + "\", and what is needed here is \"" +
                               std::string(kind) + "\".");
    }
    if (header.version != version) {
        return Error::internal("It is of version " + std::to_string(header.version) +
                               " of its kind, and this build reads version " + std::to_string(version) +
                               ": train it again with this build.");
    }
    return read_sections(header.sections);
}

Result<void> ArtifactFile::read_sections(std::size_t count) {
    const std::string_view whole = bytes().substr(0, memory_.size() - artifact::kChecksumBytes);
    if (count > artifact::kSectionsMax || count * sizeof(Entry) > whole.size() - sizeof(Header)) {
        return damaged("it cannot have " + std::to_string(count) + " sections");
    }
    std::size_t end = sizeof(Header) + count * sizeof(Entry);
    for (std::size_t i = 0; i < count; ++i) {
        const char* at = whole.data() + sizeof(Header) + i * sizeof(Entry);
        Entry entry;
        std::memcpy(&entry, at, sizeof entry);
        if (text_of(entry.name).empty() || find(text_of(entry.name))) {
            return damaged("the name of section " + std::to_string(i + 1) + " is none, or that of another");
        }
        const std::string_view name(at, text_of(entry.name).size());
        if (entry.offset != artifact::align_up(end) || entry.offset > whole.size() || entry.size > whole.size() - entry.offset) {
            return damaged("its section \"" + std::string(name) + "\" lies where it cannot");
        }
        sections_.push_back({name, whole.substr(entry.offset, entry.size)});
        end = entry.offset + entry.size;
    }
    if (end != whole.size()) {
        return damaged("there are bytes behind its last section");
    }
    return {};
}

std::optional<std::string_view> ArtifactFile::find(std::string_view name) const noexcept {
    for (const Section& section : sections_) {
        if (section.name == name) {
            return section.bytes;
        }
    }
    return std::nullopt;
}

Result<std::string_view> ArtifactFile::section(std::string_view name) const {
    if (const auto found = find(name)) {
        return *found;
    }
    return Error::internal("It lacks the section \"" + std::string(name) + "\".");
}

Result<std::vector<std::string_view>> ArtifactFile::texts(std::string_view name) const {
    const auto joined = section(name);
    if (!joined) {
        return joined.error();
    }
    std::vector<std::string_view> texts;
    for (std::string_view rest = *joined; !rest.empty();) {
        const std::size_t end = rest.find('\0');
        if (end == std::string_view::npos) {
            return wrong_size(name);
        }
        texts.push_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    return texts;
}

std::string ArtifactFile::hash() const {
    return hex_of(bytes().substr(memory_.size() - artifact::kChecksumBytes));
}

Error ArtifactFile::wrong_size(std::string_view name) {
    return Error::internal("Its section \"" + std::string(name) + "\" has a size that it cannot have.");
}

}  // namespace tierway
