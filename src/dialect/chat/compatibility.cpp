#include "dialect/chat/compatibility.hpp"

#include <algorithm>
#include <array>

namespace tierway::dialect {
namespace {

constexpr std::array<std::string_view, 8> kBookkeeping{
    "store",     "metadata",  "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "safety_identifier",
    "verbosity", "prediction"};
constexpr std::array<std::string_view, 7> kSampling{"temperature",      "top_p",             "top_k",     "min_p",
                                                    "presence_penalty", "frequency_penalty", "logit_bias"};

constexpr std::string_view kOlderLimit = "max_tokens";
constexpr std::string_view kNewerLimit = "max_completion_tokens";
constexpr std::string_view kOlderLimitKey = R"("max_tokens":)";
constexpr std::string_view kNewerLimitKey = R"("max_completion_tokens":)";
constexpr std::string_view kThinkingDisabled = R"("thinking":{"type":"disabled"})";

// By effort: the whole member, of which the value alone begins behind the colon.
constexpr std::array<std::string_view, 7> kEffortMembers{
    R"("reasoning_effort":"none")", R"("reasoning_effort":"minimal")", R"("reasoning_effort":"low")",
    R"("reasoning_effort":"medium")", R"("reasoning_effort":"high")", R"("reasoning_effort":"xhigh")",
    R"("reasoning_effort":"max")"};
constexpr std::size_t kEffortKeyBytes = std::string_view(R"("reasoning_effort":)").size();

std::string_view member_text(Effort effort) noexcept {
    return kEffortMembers[static_cast<std::size_t>(effort)];
}

template <class Names>
std::optional<std::string_view> name_in(const Names& names, std::string_view key) noexcept {
    const auto found = std::find(names.begin(), names.end(), key);
    return found == names.end() ? std::nullopt : std::optional<std::string_view>(*found);
}

/// Whether leaving the member out changes nothing.
bool is_default(std::string_view name, const wire::JsonValue& value) noexcept {
    if (value.is_null()) {
        return true;
    }
    if (name == "temperature" || name == "top_p") {
        return value.number() == 1.0;
    }
    if (name == "presence_penalty" || name == "frequency_penalty") {
        return value.number() == 0.0;
    }
    if (name == "tool_choice" || name == "service_tier") {
        return value.string_is("auto") || value.string_is("default");
    }
    // Usage is reported without being asked for.
    return name == "stream_options" || ((name == "store" || name == "logprobs") && value.kind() == wire::JsonKind::False);
}

/// One walk over the members of the body, and what it has to remember for its end.
class BodyFitting {
public:
    BodyFitting(const ChatRequest& request, const ChatRules& rules, bool keep_logprobs, wire::Edits& edits, RequestNotes& notes)
        : request_(request), rules_(rules), keep_logprobs_(keep_logprobs || rules.logprobs), edits_(edits), notes_(notes) {}

    void run() {
        std::string scratch;
        for (const wire::JsonValue member : request_.body) {
            visit(member, member.key(scratch));
        }
        fit_output_limit();
        fit_effort();
    }

private:
    void visit(const wire::JsonValue& member, std::string_view key) {
        if (const auto name = unsupported(key)) {
            remove(*name, member);
        } else if (key == kOlderLimit) {
            older_limit_ = member;
        } else if (key == kNewerLimit) {
            newer_limit_ = member;
        } else if (key == "reasoning_effort") {
            effort_ = member;
        } else if (key == "thinking") {
            has_thinking_ = true;
        } else if (rules_.vendor != nullptr) {
            reword(*rules_.vendor, member, key);
        }
    }

    /// The name in static storage of a member that is left out.
    [[nodiscard]] std::optional<std::string_view> unsupported(std::string_view key) const noexcept {
        if (keep_logprobs_ && (key == "logprobs" || key == "top_logprobs")) {
            return std::nullopt;
        }
        std::optional<std::string_view> name;
        if (!rules_.sampling) {
            name = name_in(kSampling, key);
        }
        if (!name && rules_.vendor != nullptr && !rules_.vendor->bookkeeping) {
            name = name_in(kBookkeeping, key);
        }
        if (!name && rules_.vendor != nullptr) {
            name = name_in(rules_.vendor->unsupported, key);
        }
        return name;
    }

    void remove(std::string_view name, const wire::JsonValue& member) {
        if (!is_default(name, member)) {
            notes_.omissions.push_back(name);
        }
        edits_.remove_member(request_.body, member);
    }

    void rename(const wire::JsonValue& member, std::string_view key_with_colon) {
        edits_.replace({member.member_range().begin, member.range().begin}, key_with_colon);
    }

    void reword(const ChatCompatibility& vendor, const wire::JsonValue& member, std::string_view key) {
        if (key == "seed" && vendor.seed != "seed") {
            rename(member, notes_.texts.emplace_back("\"" + std::string(vendor.seed) + "\":"));
        } else if (key == "tool_choice" && member.string_is("required") && vendor.required_choice != R"("required")") {
            edits_.replace(member.range(), vendor.required_choice);
        }
    }

    /// A limit that is null and alone is left to whoever writes one.
    void fit_output_limit() {
        if (rules_.output_limit.empty()) {
            return;
        }
        const bool newer = rules_.output_limit == kNewerLimit;
        const wire::JsonValue& taken = newer ? newer_limit_ : older_limit_;
        const wire::JsonValue& other = newer ? older_limit_ : newer_limit_;
        if (!other.exists()) {
            return;
        }
        if (!taken.exists() && !other.is_null()) {
            rename(other, newer ? kNewerLimitKey : kOlderLimitKey);
            return;
        }
        if (taken.is_null() && !other.is_null()) {
            edits_.replace(taken.range(), other.raw());
        }
        edits_.remove_member(request_.body, other);
    }

    /// What the model is to be told; empty: nothing. `stated` is the request's own word.
    [[nodiscard]] std::optional<Effort> wanted_effort(std::optional<Effort> stated) const noexcept {
        if (!rules_.effort) {
            return std::nullopt;
        }
        if (rules_.tools_without_thinking && request_.has_tools) {
            return Effort::None;
        }
        const std::optional<Effort> wish = stated && !rules_.effort_forced ? stated : rules_.effort_default;
        const std::optional<Effort> told = wish ? wish : stated;
        return told ? rules_.efforts.nearest(*told) : std::nullopt;
    }

    void fit_effort() {
        const bool is_stated = effort_.exists() && !effort_.is_null();
        std::optional<Effort> stated;
        if (effort_.is_string()) {
            std::string scratch;
            stated = parse_effort(effort_.string(scratch));
        }
        // A word that is not OpenAI's may be one of the vendor's own.
        const bool own_word = is_stated && !stated && rules_.effort && !rules_.effort_forced;
        const std::optional<Effort> wanted = wanted_effort(stated);
        if (own_word && !(wanted && rules_.tools_without_thinking && request_.has_tools)) {
            return;
        }
        if (is_stated && (!wanted || (wanted == Effort::None && stated != Effort::None))) {
            notes_.omissions.push_back("reasoning_effort");
        }
        if (!wanted) {
            if (effort_.exists()) {
                edits_.remove_member(request_.body, effort_);
            }
        } else if (*wanted == Effort::None && rules_.vendor != nullptr && rules_.vendor->thinking_switch) {
            switch_thinking_off();
        } else if (!effort_.exists()) {
            edits_.append_member(request_.body, member_text(*wanted));
        } else if (wanted != stated) {
            edits_.replace(effort_.range(), member_text(*wanted).substr(kEffortKeyBytes));
        }
    }

    /// What the request says itself in the vendor's own words counts.
    void switch_thinking_off() {
        if (effort_.exists() && has_thinking_) {
            edits_.remove_member(request_.body, effort_);
        } else if (effort_.exists()) {
            edits_.replace(effort_.member_range(), kThinkingDisabled);
        } else if (!has_thinking_) {
            edits_.append_member(request_.body, kThinkingDisabled);
        }
    }

    const ChatRequest& request_;
    const ChatRules& rules_;
    bool keep_logprobs_;
    wire::Edits& edits_;
    RequestNotes& notes_;
    wire::JsonValue older_limit_;
    wire::JsonValue newer_limit_;
    wire::JsonValue effort_;
    bool has_thinking_ = false;
};

}  // namespace

bool changes_bodies(const ChatRules& rules) noexcept {
    return rules.vendor != nullptr || !rules.output_limit.empty() || !rules.sampling || !rules.effort || !rules.efforts.empty() ||
           rules.effort_default || rules.tools_without_thinking;
}

void fit_to_rules(const ChatRequest& request, const ChatRules& rules, bool keep_logprobs, wire::Edits& edits,
                  RequestNotes& notes) {
    if (changes_bodies(rules)) {
        BodyFitting(request, rules, keep_logprobs, edits, notes).run();
    }
    if (rules.vendor != nullptr) {
        fit_messages(request, *rules.vendor, edits, notes);
    }
}

}  // namespace tierway::dialect
