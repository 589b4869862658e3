#include <simdjson.h>

#include <algorithm>

#include "tierway/base/utf8.hpp"
#include "wire/json_duplicate_keys.hpp"
#include "wire/json_tree.hpp"
#include "wire/json_tree_builder.hpp"

namespace tierway::wire {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
/// Offsets are 32 bits wide.
constexpr std::size_t kTextBytesMax = (std::size_t{1} << 32U) - 1;

Error invalid_json(std::string_view problem, std::size_t at) {
    return Error::downstream(ErrorKind::InvalidRequest, "invalid_json",
                             "The JSON is invalid at byte " + std::to_string(at) + ": " + std::string(problem) + ".");
}

/// REQUIRES: there is some.
std::size_t first_invalid_utf8(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
        const Utf8Sequence sequence = leading_sequence(text.substr(at));
        if (!sequence.valid) {
            break;
        }
        at += sequence.size;
    }
    return at;
}

}  // namespace

struct JsonParser::Impl {
    detail::JsonTree tree;
    std::vector<std::uint32_t> open;
    detail::DuplicateKeyFinder duplicates;
};

JsonParser::JsonParser() = default;
JsonParser::~JsonParser() = default;
JsonParser::JsonParser(JsonParser&&) noexcept = default;
JsonParser& JsonParser::operator=(JsonParser&&) noexcept = default;

Result<JsonValue> JsonParser::parse(std::string_view text, const JsonLimits& limits) {
    if (impl_ == nullptr) {
        impl_ = std::make_unique<Impl>();
    }
    Impl& impl = *impl_;
    impl.tree.text = text;
    const std::size_t bytes_max = std::min(limits.bytes_max, kTextBytesMax);
    if (text.size() > bytes_max) {
        return invalid_json("the text is longer than " + std::to_string(bytes_max) + " bytes", bytes_max);
    }
    if (text.starts_with(kByteOrderMark)) {
        return invalid_json("the text starts with a byte order mark, which must be left out", 0);
    }
    if (text.empty()) {
        return invalid_json("the text is empty", 0);
    }
    detail::JsonTreeBuilder builder(impl.tree, impl.open, limits);
    if (!builder.build()) {
        return invalid_json(builder.problem(), builder.problem_at());
    }
    if (builder.utf8_unchecked() && !simdjson::validate_utf8(text.data(), text.size())) {
        return invalid_json("invalid UTF-8", first_invalid_utf8(text));
    }
    if (impl.tree.nodes.front().kind == JsonKind::Object) {
        const std::uint32_t duplicate = impl.duplicates.find(impl.tree);
        if (duplicate != detail::DuplicateKeyFinder::kNone) {
            return invalid_json("a key of the outermost object that was given before; each may stand there once", duplicate);
        }
    }
    return JsonValue(&impl.tree, 0);
}

}  // namespace tierway::wire
