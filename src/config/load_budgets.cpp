#include <algorithm>
#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

/// Every request is counted in each of them.
constexpr std::size_t kBudgetsMax = 256;

void read_zone(MapReader& reader, TimeZone& zone) {
    const YamlNode* node = reader.take_scalar("time_zone");
    if (node == nullptr) {
        return;
    }
    if (const auto found = TimeZone::find(node->text)) {
        zone = *found;
        return;
    }
    reader.fail("time_zone", node->place,
                "must be a name of the IANA database such as `UTC` or `Europe/Berlin`, not " + quoted_value(node->text));
}

/// The names that a scope has, and where they are from. Teams are named by the keys that belong to them.
std::vector<std::string_view> names_in(const Snapshot& snapshot, BudgetScope scope) {
    std::vector<std::string_view> names;
    if (scope == BudgetScope::Class) {
        return names_of(snapshot.classes);
    }
    for (const AccessKey& key : snapshot.keys) {
        names.push_back(scope == BudgetScope::Key ? key.principal.id : key.principal.team);
    }
    return names;
}

void check_name(Loading& loading, MapReader& reader, const Budget& budget, Place place) {
    if (budget.scope == BudgetScope::Total) {
        reader.fail("name", place, "has no meaning for the scope `total`");
        return;
    }
    const std::vector<std::string_view> names = names_in(loading.snapshot, budget.scope);
    if (std::find(names.begin(), names.end(), budget.name) == names.end()) {
        const std::string_view section = budget.scope == BudgetScope::Class ? "classes" : "keys";
        loading.problems.error(place, quoted_value(reader.path_of("name")) + " names the " + std::string(name_of(budget.scope)) +
                                          " " + quoted_value(budget.name) + ", which " + quoted_value(section) +
                                          " does not have." + loading.problems.suggestion(budget.name, names));
    }
}

void load_budget(Loading& loading, const YamlNode& node, const std::string& path) {
    MapReader reader(node, path, loading.problems);
    Budget budget;
    if (reader.require("scope", "`key`, `team`, `class` or `total`") != nullptr) {
        reader.read_choice("scope", budget.scope,
                           {{"key", BudgetScope::Key},
                            {"team", BudgetScope::Team},
                            {"class", BudgetScope::Class},
                            {"total", BudgetScope::Total}});
    }
    if (reader.read_text("name", budget.name)) {
        check_name(loading, reader, budget, reader.take("name")->place);
    }
    if (reader.require("usd", "how much may be spent within each window") != nullptr) {
        if (reader.read_usd("usd", budget.limit) && budget.limit == Usd{}) {
            reader.fail("usd", reader.take("usd")->place, "must be above 0: to allow nothing, take the key or class away");
        }
    }
    if (reader.require("window", "`hour`, `day` or `month`") != nullptr) {
        reader.read_choice("window", budget.window, {{"hour", Window::Hour}, {"day", Window::Day}, {"month", Window::Month}});
    }
    read_zone(reader, budget.zone);
    reader.read_choice("kind", budget.hard, {{"hard", true}, {"soft", false}});
    reader.finish();
    const auto is_same = [&](const Budget& other) {
        return other.scope == budget.scope && other.name == budget.name && other.window == budget.window &&
               other.hard == budget.hard;
    };
    auto& budgets = loading.snapshot.budgets;
    if (std::any_of(budgets.begin(), budgets.end(), is_same)) {
        reader.fail_here("limits what another entry limits: there is one of the same scope, name, window and kind");
    }
    budgets.push_back(std::move(budget));
}

}  // namespace

std::string_view name_of(BudgetScope scope) noexcept {
    switch (scope) {
        case BudgetScope::Key:
            return "key";
        case BudgetScope::Team:
            return "team";
        case BudgetScope::Class:
            return "class";
        case BudgetScope::Total:
            return "total";
    }
    return "unknown";
}

void load_budgets(Loading& loading, const YamlNode& section) {
    if (section.kind != YamlNode::Kind::List) {
        loading.problems.error(section.place,
                               "`budgets` must be a list such as `[{scope: total, usd: 100, window: month}]`, not " +
                                   std::string(kind_words(section)) + ".");
        return;
    }
    if (section.items.size() > kBudgetsMax) {
        loading.problems.error(section.place, "`budgets` may have at most " + std::to_string(kBudgetsMax) + " entries.");
        return;
    }
    for (std::size_t i = 0; i < section.items.size(); ++i) {
        load_budget(loading, section.items[i], "budgets[" + std::to_string(i) + "]");
    }
    if (!section.items.empty() && loading.snapshot.store.kind == Store::Kind::Memory) {
        loading.problems.warn(section.place,
                              "The budgets are kept in memory only and begin anew at every start: write `store: {sqlite: "
                              "\"tierway.db\"}` to keep them.");
    }
}

}  // namespace tierway::config
