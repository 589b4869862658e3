// Byte-range edits of a JSON object, as every request and answer gets them: the edited text is valid and means what was asked
// for.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "property.hpp"
#include "tierway/base/json_text.hpp"
#include "tierway/wire/edits.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::fuzz {
namespace {

using wire::JsonValue;

/// Removing members costs the square of their number; the bounds that matter are those of the request's size.
constexpr std::size_t kMembersMax = 64;

/// Edits the members of one object at random; the same is done to `expected`.
void edit_object(JsonValue object, nlohmann::json& expected, Choices& choices, wire::Edits& edits) {
    if (object.size() > kMembersMax) {
        return;
    }
    std::string scratch;
    for (const JsonValue member : object) {
        const std::string key(member.key(scratch));
        // A key given twice means its last member; editing another one would change nothing.
        if (object.find(key).range().begin != member.range().begin) {
            continue;
        }
        switch (choices.below(4)) {
            case 0:
                edits.remove_member(object, member);
                for (const JsonValue earlier : object) {
                    if (earlier.key_is(key)) {
                        edits.remove_member(object, earlier);
                    }
                }
                expected.erase(key);
                break;
            case 1:
                edits.replace(member.range(), R"("replaced")");
                expected[key] = "replaced";
                break;
            case 2:
                if (member.is_object()) {
                    edit_object(member, expected[key], choices, edits);
                }
                break;
            default:
                break;
        }
    }
    if (choices.below(2) == 0) {
        edits.append_member(object, R"("tierway_new":1)");
        expected["tierway_new"] = 1;
    }
    if (choices.below(4) == 0) {
        edits.append_member(object, R"("tierway_newer":[2])");
        expected["tierway_newer"] = nlohmann::json::array({2});
    }
}

void check(std::string_view text, Choices& choices) {
    static wire::JsonParser parser;
    const auto root = parser.parse(text);
    if (!root || !root->is_object() || text.find("tierway_new") != std::string_view::npos) {
        return;
    }
    auto expected = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
    if (expected.is_discarded()) {
        return;  // A lone surrogate or a number beyond a double: the other parser's limits.
    }
    static wire::Edits edits;
    edits.clear();
    edit_object(*root, expected, choices, edits);
    std::vector<std::string_view> pieces;
    edits.gather(text, pieces);
    std::string edited;
    for (const std::string_view piece : pieces) {
        edited += piece;
    }
    require(edited.size() == edits.edited_size(text.size()), "the size told beforehand is the size of the edited text");
    require(nlohmann::json::parse(edited, nullptr, false) == expected, "the edited text means what the edits say");
    require(parser.parse(edited).has_value(), "the edited text is accepted again");
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    tierway::fuzz::Choices choices(text);
    tierway::fuzz::check(text, choices);
    return 0;
}
