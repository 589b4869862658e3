#include "gateway/runtime.hpp"

#include <map>
#include <utility>

#include "tierway/base/json_text.hpp"

namespace tierway::gateway {
namespace {

std::string json_string(std::string_view text) {
    std::string quoted;
    append_json_string(quoted, text);
    return quoted;
}

std::string model_json(std::string_view id, std::string_view owner) {
    return R"({"id":)" + json_string(id) + R"(,"object":"model","created":0,"owned_by":)" + json_string(owner) + "}";
}

std::string head_prefix(const config::Provider& provider) {
    std::string head = "POST " + provider.base_url.prefix +
                       "/chat/completions HTTP/1.1\r\nHost: " + provider.base_url.authority() +
                       "\r\nContent-Type: application/json\r\n";
    if (!provider.api_key.empty()) {
        head += "Authorization: Bearer ";
        head += provider.api_key.reveal();
        head += "\r\n";
    }
    return head + "User-Agent: tierway\r\nContent-Length: ";
}

}  // namespace

Runtime::Runtime(config::SnapshotPtr snapshot, const Runtime* previous)
    : snapshot_(std::move(snapshot)),
      classifier_(snapshot_),
      health_(std::make_unique<upstream::HealthBoard>(*snapshot_, std::chrono::steady_clock::now(),
                                                      previous == nullptr ? nullptr : previous->health_.get())) {
    for (const config::Model& model : snapshot_->models) {
        upstream_names_.push_back(json_string(model.upstream_name));
        names_.push_back(json_string(model.name));
    }
    model_list_ = R"({"object":"list","data":[)";
    bool first = true;
    for (const auto& [id, owner] : listed_models()) {
        model_list_ += (first ? "" : ",") + model_json(id, owner);
        first = false;
    }
    model_list_ += "]}";
}

Result<std::shared_ptr<const Runtime>> Runtime::make(config::SnapshotPtr snapshot, const Runtime* previous) {
    // The constructor is private, so make_shared cannot reach it.
    std::shared_ptr<Runtime> runtime(new Runtime(std::move(snapshot), previous));
    std::map<std::string, std::shared_ptr<boost::asio::ssl::context>> contexts;
    for (const config::Provider& provider : runtime->snapshot_->providers) {
        std::shared_ptr<boost::asio::ssl::context> tls;
        if (provider.base_url.tls) {
            auto& shared = contexts[provider.ca_file];
            if (!shared) {
                auto made = net::make_client_tls(provider.ca_file);
                if (!made) {
                    return made.error();
                }
                shared = *made;
            }
            tls = shared;
        }
        runtime->origins_.push_back(net::make_origin(provider.base_url.host, provider.base_url.port, std::move(tls),
                                                     provider.ca_file, provider.idle_connections_max));
        runtime->head_prefixes_.push_back(head_prefix(provider));
    }
    return std::shared_ptr<const Runtime>(std::move(runtime));
}

std::vector<std::pair<std::string, std::string>> Runtime::listed_models() const {
    std::vector<std::pair<std::string, std::string>> listed{{"auto", "tierway"}};
    for (const config::Tier& tier : snapshot_->tiers) {
        listed.emplace_back("tier:" + tier.name, "tierway");
    }
    for (const auto& [alias, target] : snapshot_->aliases) {
        listed.emplace_back(alias, "tierway");
    }
    for (std::size_t i = 0; i < snapshot_->models.size(); ++i) {
        if (snapshot_->lowest_tier_of(config::ModelId(i))) {
            const config::Model& model = snapshot_->models[i];
            listed.emplace_back(model.name, snapshot_->provider(model.provider).name);
        }
    }
    return listed;
}

std::string Runtime::model_object(std::string_view id) const {
    for (const auto& [listed, owner] : listed_models()) {
        if (listed == id) {
            return model_json(listed, owner);
        }
    }
    return {};
}

}  // namespace tierway::gateway
