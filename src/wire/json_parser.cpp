#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "wire/json_diagnosis.hpp"
#include "wire/json_duplicate_keys.hpp"
#include "wire/json_tree.hpp"
#include "wire/json_tree_builder.hpp"

namespace tierway::wire {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kCapacityMin = std::size_t{4} << 10U;
/// Offsets are 32 bits wide, and simdjson rounds its capacity up.
constexpr std::size_t kTextBytesMax = (std::size_t{1} << 32U) - 4096;

Error invalid_json(std::string_view problem, std::size_t at) {
    return Error::downstream(ErrorKind::InvalidRequest, "invalid_json",
                             "The JSON is invalid at byte " + std::to_string(at) + ": " + std::string(problem) + ".");
}

}  // namespace

struct JsonParser::Impl {
    detail::JsonTree tree;
    std::vector<std::uint32_t> open;
    detail::DuplicateKeyFinder duplicates;
    std::unique_ptr<simdjson::internal::dom_parser_implementation> index;

    /// Lets `index` take texts of that size; grows in powers of two, so that growing bodies do not reallocate each time.
    bool reserve(std::size_t text_bytes) {
        if (index != nullptr && index->capacity() >= text_bytes) {
            return true;
        }
        const std::size_t capacity = std::clamp(std::bit_ceil(text_bytes), kCapacityMin, kTextBytesMax);
        if (index != nullptr) {
            return index->set_capacity(capacity) == simdjson::SUCCESS;
        }
        // The depth sizes buffers of simdjson's own second stage, which is not used.
        constexpr std::size_t kUnusedDepth = 1;
        return simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, kUnusedDepth, index) ==
               simdjson::SUCCESS;
    }
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
    if (!impl.reserve(text.size())) {
        return Error::internal("There is not enough memory to read the JSON.");
    }
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    switch (impl.index->stage1(bytes, text.size(), simdjson::stage1_mode::regular)) {
        case simdjson::SUCCESS:
            break;
        case simdjson::EMPTY:
            return invalid_json("the text holds nothing but white space", 0);
        default: {
            const detail::JsonDiagnosis diagnosis = detail::diagnose_refused_text(text);
            return invalid_json(diagnosis.problem, diagnosis.at);
        }
    }
    detail::JsonTreeBuilder builder(impl.tree, impl.open, impl.index->structural_indexes.get(), impl.index->n_structural_indexes,
                                    limits);
    if (!builder.build()) {
        return invalid_json(builder.problem(), builder.problem_at());
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
