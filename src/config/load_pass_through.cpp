#include <algorithm>
#include <array>
#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

/// What neither runs a chat model nor keeps what another caller could ask for by chance.
constexpr std::array<std::string_view, 5> kDefaultPaths{"audio", "files", "images", "moderations", "uploads"};
/// The gateway answers these itself.
constexpr std::array<std::string_view, 6> kOwnPaths{"chat", "completions", "embeddings", "messages", "models", "responses"};
/// An account's administration, and what is no HTTP request.
constexpr std::array<std::string_view, 2> kNeverPaths{"organization", "realtime"};
constexpr std::size_t kPathsMax = 64;
constexpr std::size_t kPathBytesMax = 64;
constexpr std::size_t kBodyMax = std::size_t{16} << 30U;

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// What is wrong with a path segment; empty: nothing.
std::string problem_of(std::string_view segment) {
    const bool plain = !segment.empty() && segment.size() <= kPathBytesMax &&
                       segment.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
    if (!plain) {
        return "must list first segments behind `/v1/`, such as `audio` or `batches`, and not";
    }
    if (holds(kOwnPaths, segment)) {
        return "cannot pass on what the gateway answers itself:";
    }
    return holds(kNeverPaths, segment) ? "never passes on" : "";
}

void read_paths(MapReader& reader, std::vector<std::string>& paths) {
    const YamlNode* list = reader.take_list("paths");
    if (list == nullptr) {
        paths.assign(kDefaultPaths.begin(), kDefaultPaths.end());
        return;
    }
    if (list->items.empty() || list->items.size() > kPathsMax) {
        reader.fail("paths", list->place, "must list 1 to " + std::to_string(kPathsMax) + " paths");
    }
    for (const YamlNode& item : list->items) {
        const std::string segment = item.kind == YamlNode::Kind::Scalar ? item.text : std::string();
        if (const std::string problem = problem_of(segment); !problem.empty()) {
            reader.fail("paths", item.place, problem + " " + quoted_value(segment));
        } else {
            paths.push_back(segment);
        }
    }
}

void read_prices(Loading& loading, MapReader& parent, std::map<std::string, Price, std::less<>>& prices) {
    const YamlNode* node = parent.take("prices");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, parent.path_of("prices"), loading.problems);
    for (const YamlEntry& entry : reader.entries()) {
        read_price(loading, reader, entry.key, prices[entry.key]);
    }
    reader.finish();
}

}  // namespace

std::optional<ProviderId> read_pass_through_provider(Loading& loading, MapReader& reader, std::string_view key) {
    const YamlNode* node = reader.take_scalar(key);
    if (node == nullptr) {
        return std::nullopt;
    }
    const std::vector<Provider>& providers = loading.snapshot.providers;
    const auto found = std::find_if(providers.begin(), providers.end(), [node](const Provider& each) { return each.name == node->text; });
    if (found == providers.end()) {
        loading.problems.error(node->place, quoted_value(reader.path_of(key)) + " names the provider " + quoted_value(node->text) +
                                                ", which `providers` does not have." +
                                                loading.problems.suggestion(node->text, names_of(providers)));
        return std::nullopt;
    }
    if (!speak_alike(found->dialect, Dialect::OpenAi) && found->dialect != Dialect::OpenAiResponses) {
        reader.fail(key, node->place, "must name a provider of OpenAI's API (`openai`, `azure`, `openai_responses`)");
        return std::nullopt;
    }
    return ProviderId(static_cast<std::size_t>(found - providers.begin()));
}

void load_pass_through(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "pass_through", loading.problems);
    PassThrough& pass = loading.snapshot.pass_through.emplace();
    if (reader.require("provider", "the provider that serves the paths") != nullptr) {
        pass.provider = read_pass_through_provider(loading, reader, "provider").value_or(ProviderId{});
    }
    read_paths(reader, pass.paths);
    Usd usd;
    if (reader.read_usd("usd_per_request", usd)) {
        pass.usd_per_request = usd;
    }
    read_prices(loading, reader, pass.prices);
    reader.read_size("body_max", pass.body_bytes_max, 1, kBodyMax);
    reader.finish();
    if (loading.snapshot.find_class(PassThrough::kClassName)) {
        reader.fail_here("needs the name `pass_through` for its own requests: call that class otherwise");
    }
}

void read_pass_through_of_key(Loading& loading, MapReader& key, Principal& principal) {
    const YamlNode* node = key.take("pass_through");
    if (node == nullptr) {
        return;
    }
    const auto& pass = loading.snapshot.pass_through;
    if (!pass) {
        key.fail("pass_through", node->place, "needs the section `pass_through`, which says what passes");
    } else if (node->text == "true") {
        principal.pass_through = pass->provider;
    } else if (node->text != "false") {
        principal.pass_through = read_pass_through_provider(loading, key, "pass_through");
    }
    if (principal.pass_through && principal.stay_inside &&
        loading.snapshot.provider(*principal.pass_through).boundary != Boundary::Inside) {
        key.fail("pass_through", node->place, "leads outside, and the key must `stay: inside`");
    }
}

void check_pass_through_budgets(Loading& loading, Place place) {
    const auto& pass = loading.snapshot.pass_through;
    const auto& budgets = loading.snapshot.budgets;
    const bool any_hard = std::any_of(budgets.begin(), budgets.end(), [](const Budget& budget) { return budget.hard; });
    if (pass && !pass->usd_per_request && any_hard) {
        loading.problems.error(place,
                               "`pass_through.usd_per_request` is needed beside hard budgets: what a request is reserved with, because "
                               "nobody knows its cost before.");
    }
}

}  // namespace tierway::config
