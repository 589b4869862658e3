// The JSON view against nlohmann's parser: they accept the same texts but for documented differences, and read the same values.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "property.hpp"
#include "tierway/base/json_text.hpp"
#include "tierway/wire/json_view.hpp"
#include "wire/string_scan.hpp"

namespace tierway::fuzz {
namespace {

using wire::JsonKind;
using wire::JsonParser;
using wire::JsonValue;

constexpr wire::JsonLimits kLimits{};

/// What the other parser says of a text, with what our stricter rules ask for.
class Reference final : public nlohmann::json_sax<nlohmann::json> {
public:
    std::size_t depth_max = 0;
    bool root_key_twice = false;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return enter(true); }
    bool end_object() override { return leave(); }
    bool start_array(std::size_t) override { return enter(false); }
    bool end_array() override { return leave(); }
    bool key(string_t& name) override {
        root_key_twice = root_key_twice || (depth_ == 1 && !root_keys_.insert(name).second);
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    bool enter(bool) {
        depth_max = std::max(depth_max, ++depth_);
        return true;
    }
    bool leave() {
        --depth_;
        return true;
    }

    std::size_t depth_ = 0;
    std::set<std::string> root_keys_;
};

bool is_utf8(std::string_view text) {
    nlohmann::json value = std::string(text);
    try {
        static_cast<void>(value.dump());
        return true;
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

bool has_lone_surrogate_escape(std::string_view raw) {
    const auto unit_at = [raw](std::size_t at) -> unsigned long {
        return raw.substr(at, 2) == "\\u" && at + 6 <= raw.size() ? std::stoul(std::string(raw.substr(at + 2, 4)), nullptr, 16)
                                                                  : 0;
    };
    for (std::size_t at = 0; at < raw.size(); ++at) {
        if (raw[at] != '\\') {
            continue;
        }
        const unsigned long unit = unit_at(at);
        if (unit >= 0xD800 && unit <= 0xDBFF && unit_at(at + 6) >= 0xDC00 && unit_at(at + 6) <= 0xDFFF) {
            at += 11;
        } else if (unit >= 0xD800 && unit <= 0xDFFF) {
            return true;
        } else {
            at += raw[at + 1] == 'u' ? 5 : 1;
        }
    }
    return false;
}

/// Walks a document the view accepted, checks each value by itself and writes the document anew.
class Walk {
public:
    explicit Walk(std::string_view text) : text_(text) {}

    std::string written;
    bool refused_elsewhere = false;  ///< Something that only the other parser refuses: a lone surrogate, a number too large.

    void value(JsonValue value, wire::ByteRange parent) {
        const wire::ByteRange range = value.range();
        require(parent.begin <= range.begin && range.begin < range.end && range.end <= parent.end, "a value lies in its parent");
        require(value.raw() == text_.substr(range.begin, range.size()), "raw() is the value's own bytes");
        switch (value.kind()) {
            case JsonKind::Object:
            case JsonKind::Array:
                container(value);
                return;
            case JsonKind::String:
                string(value);
                return;
            case JsonKind::Number:
                number(value);
                return;
            default:
                require(value.raw() == "null" || value.raw() == "true" || value.raw() == "false", "a word is one of three");
                require(value.boolean().has_value() == !value.is_null(), "boolean() answers for true and false");
                written += value.raw();
        }
    }

private:
    void container(JsonValue value) {
        const bool object = value.is_object();
        written += object ? '{' : '[';
        std::size_t count = 0;
        for (const JsonValue child : value) {
            written += count++ == 0 ? "" : ",";
            if (object) {
                member_key(value, child);
            }
            this->value(child, value.range());
        }
        written += object ? '}' : ']';
        require(count == value.size(), "size() counts what the iteration gives");
        require(!value.at(count).exists(), "nothing is behind the last element");
    }

    void member_key(JsonValue object, JsonValue member) {
        std::string scratch;
        const std::string key(member.key(scratch));
        require(member.key_is(key) && object.find(key).exists(), "a member is found by its key");
        const wire::ByteRange whole = member.member_range();
        const std::string_view raw_key = text_.substr(whole.begin, member.range().begin - whole.begin);
        require(whole.begin < member.range().begin && whole.end == member.range().end && raw_key.starts_with('"'),
                "a member begins with its key and ends with its value");
        refused_elsewhere = refused_elsewhere || has_lone_surrogate_escape(raw_key);
        append_json_string(written, key);
        written += ':';
    }

    void string(JsonValue value) {
        const std::string text = value.to_string();
        std::string scratch;
        require(value.string(scratch) == text && value.string_is(text), "all ways to read a string agree");
        require(!value.string_is(text + "x"), "a longer string is another");
        require(is_utf8(text), "a string is valid UTF-8");
        for (const std::size_t most : {std::size_t{0}, std::size_t{1}, text.size() / 2, text.size(), text.size() + 1}) {
            std::string part;
            value.append_string(part, most);
            require(part.size() <= most && text.starts_with(part), "a cut string is the beginning of the string");
            require(part.size() + 4 > std::min(most, text.size()) && is_utf8(part), "and is cut at no more than a character");
        }
        refused_elsewhere = refused_elsewhere || has_lone_surrogate_escape(value.raw());
        append_json_string(written, text);
    }

    void number(JsonValue value) {
        const auto real = value.number();
        require(real && !std::isnan(*real), "a number has a value");
        if (const auto integer = value.integer()) {
            require(static_cast<double>(*integer) == *real, "the integer and the double are the same number");
        }
        refused_elsewhere = refused_elsewhere || std::isinf(*real);
        written += std::isinf(*real) ? "0" : value.raw();
    }

    std::string_view text_;
};

void require_equal(JsonValue ours, const nlohmann::json& theirs) {
    switch (theirs.type()) {
        case nlohmann::json::value_t::object:
            require(ours.is_object(), "both say it is an object");
            for (const auto& [key, value] : theirs.items()) {
                require_equal(ours.find(key), value);
            }
            return;
        case nlohmann::json::value_t::array: {
            require(ours.is_array() && ours.size() == theirs.size(), "both arrays have the same elements");
            std::size_t index = 0;
            for (const JsonValue element : ours) {
                require_equal(element, theirs[index++]);
            }
            return;
        }
        case nlohmann::json::value_t::string:
            require(ours.is_string() && ours.string_is(theirs.get_ref<const std::string&>()), "both read the same string");
            return;
        case nlohmann::json::value_t::boolean:
            require(ours.boolean() == theirs.get<bool>(), "both read the same truth");
            return;
        case nlohmann::json::value_t::null:
            require(ours.is_null(), "both say it is null");
            return;
        default: {
            const double real = theirs.get<double>();
            const double allowed = std::abs(real) * std::numeric_limits<double>::epsilon();
            require(ours.number() && std::abs(*ours.number() - real) <= allowed, "both read the same number");
            const bool fits =
                theirs.is_number_integer() && (!theirs.is_number_unsigned() || theirs.get<std::uint64_t>() <= INT64_MAX);
            require(!fits || ours.integer() == theirs.get<std::int64_t>(), "both read the same integer");
        }
    }
}

void compare(std::string_view text, const Result<JsonValue>& ours) {
    Reference reference;
    const bool theirs = nlohmann::json::sax_parse(text.begin(), text.end(), &reference);
    if (!ours) {
        const bool stricter = text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string_view::npos ||
                              reference.root_key_twice || reference.depth_max > kLimits.depth_max;
        require(!theirs || stricter, "what the view refuses, the other parser refuses too, but for the stricter rules");
        const std::string_view message = ours.error().message();
        require(ours.error().code() == "invalid_json" && message.find(" at byte ") != std::string_view::npos,
                "a refusal says where the text is wrong");
        return;
    }
    Walk walk(text);
    walk.value(*ours, {0, text.size()});
    require(theirs || walk.refused_elsewhere, "what the view accepts, the other parser accepts too, but for its own limits");
    require(reference.depth_max <= kLimits.depth_max && !reference.root_key_twice,
            "the stricter rules hold for what is accepted");
    const auto rewritten = nlohmann::json::parse(walk.written, nullptr, false);
    require(!rewritten.is_discarded(), "a document written anew from the view is valid");
    if (theirs) {
        const auto parsed = nlohmann::json::parse(text.begin(), text.end());
        require_equal(*ours, parsed);
        require(parsed == rewritten, "a document written anew from the view means the same");
    }
}

/// Strings are scanned in blocks by vector instructions; where a block begins must not matter, nor whether there are such
/// instructions.
void compare_scans(std::string_view text) {
    const char* const end = text.data() + text.size();
    for (std::size_t at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
        const char* const begin = text.data() + at + 1;
        const wire::detail::StringScan fast = wire::detail::scan_string(begin, end);
        const wire::detail::StringScan plain = wire::detail::scan_string_portably(begin, end);
        require(fast.end == plain.end && fast.at == plain.at, "both ways to scan a string stop at the same byte");
        require(fast.has_escapes == plain.has_escapes || fast.end != wire::detail::StringEnd::Quote, "and see the same escapes");
        require(fast.utf8_unchecked || simdjson::validate_utf8(begin, static_cast<std::size_t>(fast.at - begin)),
                "and overlook no UTF-8 that is wrong");
        const char* const near = wire::detail::find_near_quote(begin, end);
        require(near == nullptr ||
                    (near == plain.at && plain.end == wire::detail::StringEnd::Quote && !plain.has_escapes && !plain.utf8_unchecked),
                "a quote found at a glance is the one that ends the string");
    }
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace tierway::fuzz;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    static tierway::wire::JsonParser parser;
    const auto ours = parser.parse(text, kLimits);
    const bool accepted = ours.has_value();
    compare(text, ours);
    compare_scans(text);
    Choices choices(text);
    const std::string moved = std::string(choices.below(64), ' ') + std::string(text);
    require(parser.parse(moved, kLimits).has_value() == accepted || text.starts_with("\xEF\xBB\xBF"),
            "where a text lies does not matter");
    return 0;
}
