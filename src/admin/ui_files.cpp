#include "admin/ui_files.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "tierway/base/sha256.hpp"

namespace tierway::admin {
namespace {

constexpr std::string_view kFolder = "/ui/";
constexpr std::string_view kIndex = "index.html";
constexpr std::size_t kTagDigits = 16;

std::string_view type_of(std::string_view path) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes{{{".html", "text/html; charset=utf-8"},
                                                                                   {".css", "text/css; charset=utf-8"},
                                                                                   {".js", "text/javascript; charset=utf-8"},
                                                                                   {".svg", "image/svg+xml"}}};
    const auto* found = std::find_if(kTypes.begin(), kTypes.end(), [path](const auto& type) { return path.ends_with(type.first); });
    return found == kTypes.end() ? "text/plain; charset=utf-8" : found->second;
}

/// By position among the embedded files.
const std::vector<std::string>& tags() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> made;
        for (const EmbeddedFile& file : embedded_ui()) {
            made.push_back('"' + hex_of(sha256(file.bytes)).substr(0, kTagDigits) + '"');
        }
        return made;
    }();
    return all;
}

}  // namespace

Page ui_page(std::string_view path, std::string_view if_none_match) {
    const std::string_view name = path.substr(std::min(kFolder.size(), path.size()));
    const std::string_view wanted = name.empty() ? kIndex : name;
    const auto files = embedded_ui();
    const auto file = std::find_if(files.begin(), files.end(), [wanted](const EmbeddedFile& one) { return one.path == wanted; });
    if (file == files.end()) {
        return problem(404, "The page has no such file.");
    }
    const std::string& tag = tags()[static_cast<std::size_t>(file - files.begin())];
    // A list of tags, or weak ones, may name it too: it is then among the header's text.
    if (if_none_match.find(tag) != std::string_view::npos) {
        return {304, type_of(wanted), {}, tag};
    }
    return {200, type_of(wanted), std::string(file->bytes), tag};
}

}  // namespace tierway::admin
