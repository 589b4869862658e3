#include "cascade/schema_validator.hpp"

#include "cascade/json_equality.hpp"
#include "cascade/schema_reference.hpp"
#include "cascade/text_cut.hpp"

namespace tierway::cascade {

using wire::JsonKind;
using wire::JsonValue;

namespace {
constexpr std::size_t kPathBytesMax = 120;
constexpr std::size_t kNameBytesMax = 64;
}  // namespace

std::optional<std::string> SchemaValidator::violation(const JsonValue& value) {
    // A check that ran out of budget or nesting proves nothing, even if some branch of it said no.
    if (satisfies(value, root_, 0) || budget_.exhausted()) {
        return std::nullopt;
    }
    return std::move(message_);
}

bool SchemaValidator::satisfies(const JsonValue& value, const JsonValue& schema, std::size_t nesting) {
    if (nesting >= kNestingMax) {
        budget_.exhaust();
    }
    if (!budget_.spend(1)) {
        return true;
    }
    if (schema.kind() == JsonKind::False) {
        return fail({"is not allowed by the schema"});
    }
    if (!schema.is_object()) {
        return true;
    }
    const SchemaKeywords keywords = collect_keywords(schema, budget_);
    return type(value, keywords.type) && known_values(value, keywords) && number(value, keywords) && string(value, keywords) &&
           array(value, keywords, nesting) && object(value, keywords, nesting) && applicators(value, keywords, nesting);
}

bool SchemaValidator::satisfies_at(const PathStep& step, const JsonValue& value, const JsonValue& schema, std::size_t nesting) {
    path_.push_back(step);
    const bool verdict = satisfies(value, schema, nesting + 1);
    path_.pop_back();
    return verdict;
}

bool SchemaValidator::would_satisfy(const JsonValue& value, const JsonValue& schema, std::size_t nesting) {
    ++speculative_;
    const bool verdict = satisfies(value, schema, nesting + 1);
    --speculative_;
    return verdict;
}

bool SchemaValidator::applicators(const JsonValue& value, const SchemaKeywords& schema, std::size_t nesting) {
    if (schema.reference.is_string()) {
        std::string scratch;
        const JsonValue target = resolve_reference(root_, schema.reference.string(scratch), budget_);
        if (target.exists() && !satisfies(value, target, nesting + 1)) {
            return false;
        }
    }
    if (schema.negated.exists() && would_satisfy(value, schema.negated, nesting)) {
        return fail({"satisfies the schema of `not`"});
    }
    return all_of(value, schema.all_of, nesting) && any_of(value, schema.any_of, nesting) &&
           one_of(value, schema.one_of, nesting) && conditional(value, schema, nesting);
}

bool SchemaValidator::all_of(const JsonValue& value, const JsonValue& branches, std::size_t nesting) {
    for (const JsonValue branch : branches) {
        if (!satisfies(value, branch, nesting + 1)) {
            return false;
        }
    }
    return true;
}

bool SchemaValidator::any_of(const JsonValue& value, const JsonValue& branches, std::size_t nesting) {
    if (!branches.is_array()) {
        return true;
    }
    for (const JsonValue branch : branches) {
        if (would_satisfy(value, branch, nesting)) {
            return true;
        }
    }
    return branches.size() == 0 || fail({"satisfies none of the schemas of `anyOf`"});
}

bool SchemaValidator::one_of(const JsonValue& value, const JsonValue& branches, std::size_t nesting) {
    if (!branches.is_array() || branches.size() == 0) {
        return true;
    }
    std::size_t satisfied = 0;
    for (const JsonValue branch : branches) {
        satisfied += would_satisfy(value, branch, nesting) ? 1U : 0U;
        if (budget_.exhausted()) {
            return true;
        }
        if (satisfied > 1) {
            return fail({"satisfies more than one schema of `oneOf`"});
        }
    }
    return satisfied == 1 || fail({"satisfies none of the schemas of `oneOf`"});
}

bool SchemaValidator::conditional(const JsonValue& value, const SchemaKeywords& schema, std::size_t nesting) {
    if (!schema.condition.exists() || (!schema.then.exists() && !schema.otherwise.exists())) {
        return true;
    }
    const JsonValue& branch = would_satisfy(value, schema.condition, nesting) ? schema.then : schema.otherwise;
    return !branch.exists() || satisfies(value, branch, nesting + 1);
}

bool SchemaValidator::fail(std::initializer_list<std::string_view> parts) {
    if (speculative_ == 0 && message_.empty()) {
        append_path(message_);
        message_ += ": ";
        for (const std::string_view part : parts) {
            message_ += cut_utf8(part, kNameBytesMax);
        }
    }
    return false;
}

void SchemaValidator::append_path(std::string& out) const {
    // RFC 6901, but a name that only the answer knows is a star: messages go to logs, where the answer's text may not go.
    if (path_.empty()) {
        out += "(root)";
        return;
    }
    std::string scratch;
    for (const PathStep& step : path_) {
        if (out.size() > kPathBytesMax) {
            out += "/…";
            return;
        }
        out += '/';
        if (step.is_index) {
            out += std::to_string(step.index);
        } else if (!step.declared.exists()) {
            out += '*';
        } else {
            for (const char character : cut_utf8(step.declared.key(scratch), kNameBytesMax)) {
                if (character == '~' || character == '/') {
                    out += character == '~' ? "~0" : "~1";
                } else {
                    out += character;
                }
            }
        }
    }
}

}  // namespace tierway::cascade
