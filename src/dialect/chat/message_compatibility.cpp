#include <algorithm>
#include <array>
#include <cstdint>

#include "dialect/chat/compatibility.hpp"

namespace tierway::dialect {
namespace {

constexpr std::array<std::string_view, 3> kReasoningMembers{"reasoning_content", "reasoning_details", "reasoning"};
constexpr std::size_t kShortIdSize = 9;

bool is_letter_or_digit(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The same nine letters and digits for the same id, wherever it stands in the history (FNV-1a).
std::string short_id(std::string_view id) {
    constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const char c : id) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    std::string text = "\"";
    for (std::size_t i = 0; i < kShortIdSize; ++i) {
        text += kDigits[hash % kDigits.size()];
        hash /= kDigits.size();
    }
    return text += '"';
}

class MessageFitting {
public:
    MessageFitting(const wire::JsonValue& message, const ChatCompatibility& vendor, wire::Edits& edits, RequestNotes& notes)
        : message_(message), vendor_(vendor), role_(message.find("role")), edits_(edits), notes_(notes) {}

    void run() {
        for (const wire::JsonValue member : message_) {
            visit(member, member.key(scratch_));
        }
        if (vendor_.reasoning_required && has_calls_ && !has_reasoning_ && role_.string_is("assistant")) {
            edits_.append_member(message_, R"("reasoning_content":"")");
        }
    }

private:
    void visit(const wire::JsonValue& member, std::string_view key) {
        if (key == "role") {
            if (!vendor_.developer_role && member.string_is("developer")) {
                edits_.replace(member.range(), R"("system")");
            }
        } else if (key == "name") {
            // Who speaks is a hint to the model; which tool has answered is not.
            if (!vendor_.message_names && role_of(message_) != Role::Tool) {
                edits_.remove_member(message_, member);
            }
        } else if (key == "tool_call_id") {
            fit_id(member);
        } else if (key == "tool_calls") {
            has_calls_ = member.is_array() && member.size() > 0;
            for (const wire::JsonValue call : member) {
                fit_call(call);
            }
        } else if (std::find(kReasoningMembers.begin(), kReasoningMembers.end(), key) != kReasoningMembers.end()) {
            fit_reasoning(member, key);
        }
    }

    void fit_reasoning(const wire::JsonValue& member, std::string_view key) {
        if (key != vendor_.reasoning_member) {
            edits_.remove_member(message_, member);
        } else if (vendor_.reasoning_required && !member.is_string()) {
            edits_.replace(member.range(), R"("")");
            has_reasoning_ = true;
        } else {
            has_reasoning_ = true;
        }
    }

    void fit_call(const wire::JsonValue& call) {
        for (const wire::JsonValue member : call) {
            if (member.key_is("id")) {
                fit_id(member);
            } else if (member.key_is("extra_content")) {
                // Gemini's signature, which only Google's own form of this API takes, and that is none of these vendors'.
                edits_.remove_member(call, member);
            }
        }
    }

    void fit_id(const wire::JsonValue& id) {
        if (!vendor_.short_call_ids || !id.is_string()) {
            return;
        }
        std::string scratch;
        const std::string_view text = id.string(scratch);
        if (text.size() != kShortIdSize || !std::all_of(text.begin(), text.end(), is_letter_or_digit)) {
            edits_.replace(id.range(), notes_.texts.emplace_back(short_id(text)));
        }
    }

    const wire::JsonValue& message_;
    const ChatCompatibility& vendor_;
    wire::JsonValue role_;
    wire::Edits& edits_;
    RequestNotes& notes_;
    std::string scratch_;
    bool has_calls_ = false;
    bool has_reasoning_ = false;
};

}  // namespace

void fit_messages(const ChatRequest& request, const ChatCompatibility& vendor, wire::Edits& edits, RequestNotes& notes) {
    const ChatHistory& history = request.history;
    const bool concerned = history.has_reasoning || (history.has_developer && !vendor.developer_role) ||
                           (history.has_names && !vendor.message_names) || history.has_tool_calls;
    if (!concerned) {
        return;
    }
    for (const wire::JsonValue message : request.messages) {
        MessageFitting(message, vendor, edits, notes).run();
    }
}

}  // namespace tierway::dialect
