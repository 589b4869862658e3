// The configuration loader: any text ends in a snapshot that keeps its promises, or in problems that each name a place; never in
// both or neither, and the same text always in the same.

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "property.hpp"
#include "tierway/config/load.hpp"

namespace tierway::fuzz {
namespace {

using namespace config;

constexpr std::string_view kFile = "fuzz.yaml";
/// One load takes a millisecond; so long means that it does not end by itself.
constexpr std::chrono::seconds kLongestLoad{5};
/// TODO: true once problems repeat no control characters. Suggestions, yaml-cpp's words and RE2's words still bring them in.
constexpr bool kMessagesAreClean = false;

std::optional<std::string> variable(const std::string& name) {
    static const std::map<std::string, std::string> variables{
        {"OPENAI_API_KEY", "sk-fuzz"}, {"EMPTY", ""}, {"BROKEN", "a\nb"}, {"HOST", "models.internal"}};
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
}

void check_problem(const Problem& problem, int lines) {
    require(problem.file == kFile && !problem.message.empty(), "a problem says where and what");
    require(problem.line >= 1 && problem.line <= lines && problem.column >= 1, "a problem's place is in the file");
    const std::string text = problem.to_string();
    const bool one_line =
        std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    require(one_line || !kMessagesAreClean, "a problem is one line without control characters");
}

template <class Id, class Items>
void check_id(Id id, const Items& items) {
    require(index_of(id) < items.size(), "an id leads to something");
}

void check_snapshot(const Snapshot& snapshot) {
    require(!snapshot.providers.empty() && !snapshot.tiers.empty() && !snapshot.classes.empty(), "a snapshot can serve");
    require(snapshot.policy_hash.size() == 12, "a snapshot has a name");
    for (const Provider& provider : snapshot.providers) {
        require(!provider.base_url.host.empty() && provider.base_url.port != 0, "a provider has an address");
        require(provider.base_url.prefix.find_first_of("?# \r\n") == std::string::npos, "a prefix is a plain path");
    }
    for (const Model& model : snapshot.models) {
        check_id(model.provider, snapshot.providers);
        require(snapshot.find_model(model.name).has_value() && !model.upstream_name.empty(), "a model is found by its name");
    }
    for (const Tier& tier : snapshot.tiers) {
        require(!tier.models.empty() && snapshot.find_tier(tier.name).has_value(), "a tier has models and is found by its name");
        for (const ModelId id : tier.models) {
            check_id(id, snapshot.models);
        }
    }
    for (const RequestClass& kind : snapshot.classes) {
        check_id(kind.tier, snapshot.tiers);
        check_id(kind.max_tier, snapshot.tiers);
        require(kind.max_tier >= kind.tier && snapshot.find_class(kind.name).has_value(),
                "a class's ceiling is not below its tier");
        if (kind.escalation) {
            require(kind.escalation->to > kind.tier && kind.escalation->to <= kind.max_tier,
                    "an escalation climbs, but not too far");
            require(kind.escalation->below >= 0.0 && kind.escalation->below <= 1.0, "a threshold is a confidence");
        }
    }
    check_id(snapshot.classifier.default_class, snapshot.classes);
    for (const Rule& rule : snapshot.classifier.rules) {
        check_id(rule.request_class, snapshot.classes);
    }
}

bool same(const std::vector<Problem>& a, const std::vector<Problem>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Problem& x, const Problem& y) { return x.to_string() == y.to_string(); });
}

void check(std::string_view text) {
    const auto began = std::chrono::steady_clock::now();
    const LoadResult result = load_text(text, std::string(kFile), PriceCatalogue::built_in(), variable);
    require(std::chrono::steady_clock::now() - began < kLongestLoad, "loading ends soon");
    require((result.snapshot != nullptr) == result.problems.empty(), "a text gives either a snapshot or problems");
    // A bare carriage return ends a line in YAML too.
    const auto ends = std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r');
    for (const auto* list : {&result.problems, &result.warnings}) {
        for (const Problem& problem : *list) {
            check_problem(problem, static_cast<int>(ends) + 1);
        }
    }
    if (result.snapshot) {
        check_snapshot(*result.snapshot);
    }
    const LoadResult again = load_text(text, std::string(kFile), PriceCatalogue::built_in(), variable);
    require((again.snapshot != nullptr) == (result.snapshot != nullptr) && same(again.problems, result.problems) &&
                same(again.warnings, result.warnings),
            "the same text gives the same");
}

}  // namespace
}  // namespace tierway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    tierway::fuzz::check({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
