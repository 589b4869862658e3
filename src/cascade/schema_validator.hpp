#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cascade/schema_keywords.hpp"
#include "cascade/schema_patterns.hpp"
#include "cascade/work_budget.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::cascade {

/// Checks one value against one schema; made for one check and thrown away. The first violation ends the check, unless it lies
/// in a branch that may fail (`anyOf`, `not` …), where only the verdict is wanted and no message is built.
/// Written on `wire::JsonValue` because the packaged validator runs std::regex on the client's patterns, which backtracks
/// without bound and recurses once a character.
class SchemaValidator {
public:
    explicit SchemaValidator(const wire::JsonValue& root) noexcept : root_(root) {}

    /// See `schema_violation`.
    std::optional<std::string> violation(const wire::JsonValue& value);

private:
    /// One step from the value's root to the place under check.
    struct PathStep {
        wire::JsonValue declared;  ///< The schema's declaration of a property; its key is the step.
        std::size_t index = 0;     ///< Of an array's element.
        bool is_index = false;     ///< Neither this nor declared: a property whose name only the answer knows.
    };

    bool satisfies(const wire::JsonValue& value, const wire::JsonValue& schema, std::size_t nesting);
    bool satisfies_at(const PathStep& step, const wire::JsonValue& value, const wire::JsonValue& schema, std::size_t nesting);
    /// The verdict alone.
    bool would_satisfy(const wire::JsonValue& value, const wire::JsonValue& schema, std::size_t nesting);

    bool applicators(const wire::JsonValue& value, const SchemaKeywords& schema, std::size_t nesting);
    bool all_of(const wire::JsonValue& value, const wire::JsonValue& branches, std::size_t nesting);
    bool any_of(const wire::JsonValue& value, const wire::JsonValue& branches, std::size_t nesting);
    bool one_of(const wire::JsonValue& value, const wire::JsonValue& branches, std::size_t nesting);
    bool conditional(const wire::JsonValue& value, const SchemaKeywords& schema, std::size_t nesting);

    bool type(const wire::JsonValue& value, const wire::JsonValue& allowed);
    bool known_values(const wire::JsonValue& value, const SchemaKeywords& schema);
    bool number(const wire::JsonValue& value, const SchemaKeywords& schema);
    bool string(const wire::JsonValue& value, const SchemaKeywords& schema);
    bool array(const wire::JsonValue& value, const SchemaKeywords& schema, std::size_t nesting);
    bool elements(const wire::JsonValue& value, const SchemaKeywords& schema, std::size_t nesting);
    bool elements_differ(const wire::JsonValue& value);
    bool object(const wire::JsonValue& value, const SchemaKeywords& schema, std::size_t nesting);
    bool required(const wire::JsonValue& value, const wire::JsonValue& names);
    bool property(const wire::JsonValue& member, const SchemaKeywords& schema, std::size_t nesting);
    bool count_within(std::size_t count, const wire::JsonValue& least, const wire::JsonValue& most, std::string_view unit);

    /// Records the message, once, with the path before it. Always false.
    bool fail(std::initializer_list<std::string_view> parts);
    void append_path(std::string& out) const;

    wire::JsonValue root_;
    WorkBudget budget_{kStepsMax};
    SchemaPatterns patterns_;
    std::vector<PathStep> path_;
    std::size_t speculative_ = 0;  ///< Branches under way that may fail without a violation.
    std::string message_;

    static constexpr std::size_t kStepsMax = 100'000;
};

}  // namespace tierway::cascade
