#include "cascade/schema_patterns.hpp"

#include <algorithm>
#include <string>

namespace tierway::cascade {
namespace {

constexpr std::size_t kPatternBytesMax = 4096;
constexpr std::size_t kCompileSteps = 500;
constexpr std::int64_t kExpressionBytesMax = std::int64_t{256} * 1024;
/// One step covers this many bytes times instructions: the cost of RE2's slowest engine, which it falls back to when its
/// automaton does not fit the memory bound.
constexpr std::size_t kBytesTimesInstructionsPerStep = 256;

bool search(const RE2& expression, std::string_view text, WorkBudget& budget) {
    const auto instructions = static_cast<std::size_t>(expression.ProgramSize());
    if (!budget.spend(1 + text.size() * instructions / kBytesTimesInstructionsPerStep)) {
        return true;
    }
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), expression);
}

}  // namespace

const RE2* SchemaPatterns::compiled(const char* position, std::string_view pattern, WorkBudget& budget) {
    if (!budget.spend(steps_for(compiled_.size()))) {
        return nullptr;
    }
    for (const Compiled& known : compiled_) {
        if (known.position == position) {
            return known.expression.get();
        }
    }
    if (!budget.spend(kCompileSteps)) {
        return nullptr;
    }
    Compiled& added = compiled_.emplace_back(Compiled{position, nullptr});
    if (pattern.size() > kPatternBytesMax) {
        return nullptr;
    }
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kExpressionBytesMax);
    auto expression = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    // Compilation takes time in the size of its result, which is known only now; at least the next one has to fit.
    budget.spend(static_cast<std::size_t>(std::max(0, expression->ProgramSize())));
    if (expression->ok()) {
        added.expression = std::move(expression);
    }
    return added.expression.get();
}

bool SchemaPatterns::matches(const wire::JsonValue& pattern, std::string_view text, WorkBudget& budget) {
    std::string scratch;
    const RE2* const expression = compiled(pattern.raw().data(), pattern.string(scratch), budget);
    return expression == nullptr || search(*expression, text, budget);
}

std::optional<bool> SchemaPatterns::key_selects(const wire::JsonValue& member, std::string_view text, WorkBudget& budget) {
    std::string scratch;
    const RE2* const expression = compiled(member.raw().data(), member.key(scratch), budget);
    if (expression == nullptr) {
        return std::nullopt;
    }
    return search(*expression, text, budget);
}

}  // namespace tierway::cascade
