// Final answers: any two texts that models may write are read without harm; an answer is the same as itself, whoever is asked first.
// The input is the two texts, with a line of three dashes between them.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "property.hpp"
#include "tierway/cascade/final_answer.hpp"
#include "tierway/cascade/opinions.hpp"

namespace tierway::fuzz {
namespace {

void check(std::string_view a, std::string_view b) {
    const auto first = cascade::final_answer(a);
    const auto second = cascade::final_answer(b);
    for (const auto& answer : {first, second}) {
        // JSON of more steps than a comparison may take equals nothing but its own text.
        require(!answer || cascade::same_answer(*answer, *answer), "an answer is the same as itself");
    }
    if (first && second) {
        require(cascade::same_answer(*first, *second) == cascade::same_answer(*second, *first), "it matters not who is asked first");
    }
    const auto verdict = cascade::read_verdict(a);
    require(!verdict || (verdict->confidence >= 0.0 && verdict->confidence <= 1.0), "a confidence is between 0 and 1");
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    constexpr std::string_view kBetween = "\n---\n";
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const std::size_t end = std::min(input.find(kBetween), size);
    tierway::fuzz::check(input.substr(0, end), input.substr(std::min(end + kBetween.size(), size)));
    return 0;
}
