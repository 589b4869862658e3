#include "cascade/json_equality.hpp"

#include <bit>
#include <cmath>
#include <string>
#include <string_view>

namespace tierway::cascade {
namespace {

using wire::JsonKind;
using wire::JsonValue;

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) noexcept {
    hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6U) + (hash >> 2U);
    hash *= 0xff51afd7ed558ccdULL;
    return hash ^ (hash >> 33U);
}

std::uint64_t hash_of(std::string_view text) noexcept {
    return std::hash<std::string_view>{}(text);
}

bool strings_equal(const JsonValue& a, const JsonValue& b) {
    std::string scratch_a;
    std::string scratch_b;
    return a.string(scratch_a) == b.string(scratch_b);
}

/// Whether `member` is the one that counts among members of its key.
bool is_last_of_its_key(const JsonValue& object, const JsonValue& member, std::string_view key) noexcept {
    return object.find(key).range().begin == member.range().begin;
}

/// Pays for looking one key up among the members of `object`.
bool pay_for_find(const JsonValue& object, std::string_view key, WorkBudget& budget) noexcept {
    return budget.spend(steps_for(4 * object.size() + key.size()));
}

bool objects_equal(const JsonValue& a, const JsonValue& b, WorkBudget& budget, std::size_t nesting) {
    std::string scratch;
    std::size_t keys_of_a = 0;
    for (const JsonValue member : a) {
        const std::string_view key = member.key(scratch);
        if (!pay_for_find(a, key, budget) || !pay_for_find(b, key, budget)) {
            return false;
        }
        if (!is_last_of_its_key(a, member, key)) {
            continue;
        }
        ++keys_of_a;
        const JsonValue other = b.find(key);
        if (!other.exists() || !json_equal(member, other, budget, nesting + 1)) {
            return false;
        }
    }
    if (b.size() == keys_of_a) {
        return true;
    }
    for (const JsonValue member : b) {
        const std::string_view key = member.key(scratch);
        if (!pay_for_find(a, key, budget) || !a.find(key).exists()) {
            return false;
        }
    }
    return true;
}

bool arrays_equal(const JsonValue& a, const JsonValue& b, WorkBudget& budget, std::size_t nesting) {
    if (a.size() != b.size()) {
        return false;
    }
    auto other = b.begin();
    for (const JsonValue element : a) {
        if (!json_equal(element, *other, budget, nesting + 1)) {
            return false;
        }
        ++other;
    }
    return true;
}

}  // namespace

int compare_numbers(const JsonValue& a, const JsonValue& b) noexcept {
    const auto integer_a = a.integer();
    const auto integer_b = b.integer();
    if (integer_a && integer_b) {
        return *integer_a < *integer_b ? -1 : static_cast<int>(*integer_a > *integer_b);
    }
    const double number_a = a.number().value_or(0.0);
    const double number_b = b.number().value_or(0.0);
    return number_a < number_b ? -1 : static_cast<int>(number_a > number_b);
}

bool json_equal(const JsonValue& a, const JsonValue& b, WorkBudget& budget, std::size_t nesting) {
    if (a.kind() != b.kind()) {
        return false;
    }
    if (nesting > kNestingMax) {
        budget.exhaust();
    }
    switch (a.kind()) {
        case JsonKind::Number:
            return budget.spend(1) && compare_numbers(a, b) == 0;
        case JsonKind::String:
            return budget.spend(steps_for(a.raw().size() + b.raw().size())) && strings_equal(a, b);
        case JsonKind::Array:
            return budget.spend(1) && arrays_equal(a, b, budget, nesting);
        case JsonKind::Object:
            return budget.spend(1) && objects_equal(a, b, budget, nesting);
        default:
            return true;
    }
}

std::uint64_t json_hash(const JsonValue& value, WorkBudget& budget, std::size_t nesting) {
    if (nesting > kNestingMax) {
        budget.exhaust();
    }
    if (!budget.spend(steps_for(value.kind() == JsonKind::String ? value.raw().size() : 0))) {
        return 0;
    }
    const auto kind = static_cast<std::uint64_t>(value.kind());
    std::string scratch;
    switch (value.kind()) {
        case JsonKind::Number:
            // Adding zero turns −0 into 0, which are equal numbers of different bits.
            return mix(kind, std::bit_cast<std::uint64_t>(value.number().value_or(0.0) + 0.0));
        case JsonKind::String:
            return mix(kind, hash_of(value.string(scratch)));
        case JsonKind::Array: {
            std::uint64_t hash = kind;
            for (const JsonValue element : value) {
                hash = mix(hash, json_hash(element, budget, nesting + 1));
                if (budget.exhausted()) {
                    break;
                }
            }
            return hash;
        }
        case JsonKind::Object: {
            // A sum does not depend on the order of the members.
            std::uint64_t sum = 0;
            for (const JsonValue member : value) {
                const std::string_view key = member.key(scratch);
                if (!pay_for_find(value, key, budget)) {
                    break;
                }
                if (is_last_of_its_key(value, member, key)) {
                    sum += mix(hash_of(key), json_hash(member, budget, nesting + 1));
                }
            }
            return mix(kind, sum);
        }
        default:
            return mix(kind, kind);
    }
}

}  // namespace tierway::cascade
