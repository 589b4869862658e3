#include "gateway/passing/passed_path.hpp"

#include <algorithm>

namespace tierway::gateway {
namespace {

constexpr std::string_view kVersion = "/v1";
constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

bool is_plain(std::string_view segment) noexcept {
    return !segment.empty() && segment != "." && segment != ".." && segment.find_first_not_of(kPlain) == std::string_view::npos;
}

}  // namespace

std::optional<PassedPath> read_passed_path(std::string_view path) noexcept {
    if (!path.starts_with(kVersion)) {
        return std::nullopt;
    }
    PassedPath passed{{}, path.substr(kVersion.size())};
    std::string_view left = passed.rest;
    while (!left.empty()) {
        const std::string_view segment = left.substr(1, left.find('/', 1) - 1);
        if (left.front() != '/' || !is_plain(segment)) {
            return std::nullopt;
        }
        if (passed.segment.empty()) {
            passed.segment = segment;
        }
        left.remove_prefix(1 + segment.size());
    }
    return passed.segment.empty() ? std::nullopt : std::optional(passed);
}

}  // namespace tierway::gateway
