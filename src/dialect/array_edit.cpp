#include "dialect/array_edit.hpp"

#include <optional>

namespace tierway::dialect {

bool remove_elements(const wire::JsonValue& array, const std::function<bool(const wire::JsonValue&)>& goes, wire::Edits& edits) {
    std::optional<std::size_t> kept_end;   // Of the last element that stays.
    std::optional<std::size_t> run_begin;  // Of elements that go and that nothing before them stays to pay a comma for.
    std::optional<std::size_t> run_end;
    for (const wire::JsonValue element : array) {
        const wire::ByteRange range = element.range();
        if (goes(element)) {
            run_begin = run_begin.value_or(range.begin);
            run_end = range.end;
            continue;
        }
        if (run_begin) {
            edits.replace({*run_begin, range.begin}, {});
        }
        run_begin.reset();
        kept_end = range.end;
    }
    if (run_begin) {
        edits.replace({kept_end.value_or(*run_begin), *run_end}, {});
    }
    return kept_end.has_value();
}

}  // namespace tierway::dialect
