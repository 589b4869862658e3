#include "app/check.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/exit_codes.hpp"
#include "app/serve.hpp"
#include "tierway/config/load.hpp"
#include "tierway/decision/gain_policy.hpp"
#include "tierway/gateway/gateway.hpp"

namespace tierway::app {
namespace {

nlohmann::json problems_json(const std::vector<config::Problem>& problems) {
    nlohmann::json list = nlohmann::json::array();
    for (const config::Problem& problem : problems) {
        list.push_back(
            {{"file", problem.file}, {"line", problem.line}, {"column", problem.column}, {"message", problem.message}});
    }
    return list;
}

}  // namespace

int check(const std::string& config_file, bool json) {
    config::LoadResult loaded = config::load_file(config_file, config::PriceCatalogue::built_in(), config::process_environment());
    if (loaded.snapshot) {
        // What only shows when it is put to use, such as trust anchors that cannot be read.
        if (auto runtime = gateway::make_runtime(loaded.snapshot); !runtime) {
            loaded.problems.push_back({config_file, 0, 0, std::string(runtime.error().message())});
            loaded.snapshot = nullptr;
        } else if (const auto gains = decision::GainPolicy::load(*loaded.snapshot); gains) {
            for (const std::string& warning : (*gains)->warnings(*loaded.snapshot)) {
                loaded.warnings.push_back({config_file, 0, 0, warning});
            }
        }
    }
    if (json) {
        nlohmann::json report{{"ok", loaded.snapshot != nullptr},
                              {"problems", problems_json(loaded.problems)},
                              {"warnings", problems_json(loaded.warnings)}};
        if (loaded.snapshot) {
            report["policy"] = loaded.snapshot->policy_hash;
        }
        std::cout << report.dump(2) << '\n';
    } else {
        print_problems(loaded);
        if (loaded.snapshot) {
            const config::Snapshot& snapshot = *loaded.snapshot;
            std::cout << config_file << ": fine (" << snapshot.providers.size() << " providers, " << snapshot.models.size()
                      << " models, " << snapshot.tiers.size() << " tiers, " << snapshot.classes.size() << " classes; policy "
                      << snapshot.policy_hash << ")\n";
        }
    }
    return loaded.snapshot ? kFine : kWrongUsage;
}

}  // namespace tierway::app
