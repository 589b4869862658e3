#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/artifact_layout.hpp"
#include "tierway/base/artifact_file.hpp"
#include "tierway/base/assert.hpp"
#include "tierway/base/sha256.hpp"

namespace tierway {
namespace {

using artifact::Entry;
using artifact::Header;
using artifact::Name;

bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= artifact::kNameBytesMax && text.find('\0') == std::string_view::npos;
}

Name name_of(std::string_view text) noexcept {
    Name name{};
    std::copy(text.begin(), text.end(), name.begin());
    return name;
}

template <class T>
void append(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Writes and waits for the disk. \returns errno, or 0.
int write_file(int file, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote < 0) {
            return errno;
        }
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return ::fsync(file) == 0 ? 0 : errno;
}

Error unwritable(const std::string& path, int error_number) {
    return Error::internal(path + " cannot be written: " + std::generic_category().message(error_number) + ".");
}

}  // namespace

ArtifactWriter::ArtifactWriter(std::string_view kind, std::uint32_t version) : kind_(kind), version_(version) {
    TIERWAY_ASSERT(is_name(kind));
}

void ArtifactWriter::add(std::string_view name, std::string_view bytes) {
    TIERWAY_ASSERT(is_name(name));
    TIERWAY_ASSERT(std::none_of(sections_.begin(), sections_.end(), [&](const Section& other) { return other.name == name; }));
    sections_.push_back({std::string(name), std::string(bytes)});
}

void ArtifactWriter::add_texts(std::string_view name, std::span<const std::string> texts) {
    std::string joined;
    for (const std::string& text : texts) {
        TIERWAY_ASSERT(text.find('\0') == std::string::npos);
        joined += text;
        joined += '\0';
    }
    add(name, joined);
}

Result<std::string> ArtifactWriter::bytes() const {
    if (sections_.size() > artifact::kSectionsMax) {
        return Error::internal("An artefact has at most " + std::to_string(artifact::kSectionsMax) + " sections.");
    }
    std::size_t end = sizeof(Header) + sections_.size() * sizeof(Entry);
    std::string table;
    for (const Section& section : sections_) {
        const std::size_t offset = artifact::align_up(end);
        append(table, Entry{name_of(section.name), offset, section.bytes.size()});
        end = offset + section.bytes.size();
    }
    const std::size_t whole = end + artifact::kChecksumBytes;
    if (whole > artifact::kBytesMax) {
        return Error::internal("An artefact has at most " + std::to_string(artifact::kBytesMax >> 20U) + " MiB.");
    }
    Header header;
    std::copy(artifact::kMagic.begin(), artifact::kMagic.end(), header.magic.begin());
    header.kind = name_of(kind_);
    header.version = version_;
    header.sections = static_cast<std::uint32_t>(sections_.size());
    header.file_bytes = whole;
    std::string out;
    out.reserve(whole);
    append(out, header);
    out += table;
    for (const Section& section : sections_) {
        out.resize(artifact::align_up(out.size()));
        out += section.bytes;
    }
    append(out, sha256(out));
    return out;
}

Result<void> ArtifactWriter::write(const std::string& path) const {
    const auto whole = bytes();
    if (!whole) {
        return whole.error();
    }
    std::string beside = path + ".XXXXXX";
    const int file = ::mkostemp(beside.data(), O_CLOEXEC);
    if (file < 0) {
        return unwritable(path, errno);
    }
    // Such files are made for their owner alone; an artefact holds nothing that others of the machine may not read.
    ::fchmod(file, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
    int failure = write_file(file, *whole);
    if (::close(file) != 0 && failure == 0) {
        failure = errno;
    }
    if (failure == 0 && ::rename(beside.c_str(), path.c_str()) != 0) {
        failure = errno;
    }
    if (failure != 0) {
        ::unlink(beside.c_str());
        return unwritable(path, failure);
    }
    return {};
}

}  // namespace tierway
