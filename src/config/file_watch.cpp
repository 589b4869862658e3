#include "tierway/config/file_watch.hpp"

#include <sys/stat.h>

#include <utility>

namespace tierway::config {

FileWatch::FileWatch(std::string path) : path_(std::move(path)) {
    mark_seen();
}

void FileWatch::mark_seen() {
    seen_ = last_look_ = look();
}

bool FileWatch::changed() {
    const std::optional<State> now = look();
    const bool stands_still = now && now == std::exchange(last_look_, now);
    if (!stands_still || now == seen_) {
        return false;
    }
    seen_ = now;
    return true;
}

std::optional<FileWatch::State> FileWatch::look() const {
    // Follows symbolic links: it is the file at their end that counts.
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0) {
        return std::nullopt;
    }
    constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
    return State{.device = status.st_dev,
                 .inode = status.st_ino,
                 .size = status.st_size,
                 .modified_nanoseconds = status.st_mtim.tv_sec * kNanosecondsPerSecond + status.st_mtim.tv_nsec};
}

}  // namespace tierway::config
