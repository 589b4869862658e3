#include "gateway/runtime.hpp"

#include <map>
#include <utility>

#include "gateway/listed_models.hpp"
#include "gateway/provider_dialect.hpp"
#include "gateway/upstream_head.hpp"
#include "tierway/base/json_text.hpp"
#include "tierway/dialect/anthropic_models.hpp"

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

Runtime::Address address(const config::Provider& provider, const config::Model& model, dialect::Dialect dialect, bool streamed) {
    std::string target = upstream_target(provider, model, dialect, streamed);
    std::string head = upstream_head(provider, target);
    return {std::move(target), std::move(head)};
}

}  // namespace

Runtime::Runtime(config::SnapshotPtr snapshot, const Runtime* previous)
    : snapshot_(std::move(snapshot)),
      classifier_(snapshot_),
      health_(std::make_unique<upstream::HealthBoard>(*snapshot_, std::chrono::steady_clock::now(),
                                                      previous == nullptr ? nullptr : previous->health_.get())),
      quotas_(std::make_unique<policy::QuotaBoard>(*snapshot_, previous == nullptr ? nullptr : previous->quotas_.get())),
      tokens_(std::make_unique<ledger::TokenEstimator>(*snapshot_, previous == nullptr ? nullptr : previous->tokens_.get())),
      rates_(std::make_unique<ledger::RateBoard>(*snapshot_, std::chrono::steady_clock::now(),
                                                 previous == nullptr ? nullptr : previous->rates_.get())),
      quality_(std::make_unique<QualityBoard>(*snapshot_, previous == nullptr ? nullptr : previous->quality_.get())) {
    for (const config::Model& model : snapshot_->models) {
        upstream_names_.push_back(json_string(model.upstream_name));
        names_.push_back(json_string(model.name));
        const config::Provider& provider = snapshot_->provider(model.provider);
        chat_rules_.push_back(chat_rules(provider, model));
        const dialect::Dialect own = wire_dialect(provider.dialect);
        addresses_.push_back({address(provider, model, own, false), address(provider, model, own, true),
                              address(provider, model, dialect::Dialect::Responses, true)});
    }
}

Result<std::shared_ptr<const Runtime>> Runtime::make(config::SnapshotPtr snapshot, const Runtime* previous) {
    // The constructor is private, so make_shared cannot reach it.
    std::shared_ptr<Runtime> runtime(new Runtime(std::move(snapshot), previous));
    auto gains = decision::GainPolicy::load(*runtime->snapshot_);
    if (!gains) {
        return gains.error();
    }
    runtime->gains_ = std::move(*gains);
    runtime->economics_ = std::make_unique<decision::EconomicsBoard>(*runtime->snapshot_, *runtime->gains_,
                                                                     previous == nullptr ? nullptr : previous->economics_.get());
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
    }
    return std::shared_ptr<const Runtime>(std::move(runtime));
}

std::string Runtime::model_list(const policy::Principal& principal, dialect::Dialect shape) const {
    const std::vector<ListedModel> all = listed_models(*snapshot_, principal);
    if (shape == dialect::Dialect::Anthropic) {
        std::vector<dialect::anthropic::ListedModel> models;
        models.reserve(all.size());
        for (const ListedModel& listed : all) {
            models.push_back({listed.id, {}});
        }
        return dialect::anthropic::model_list(models);
    }
    std::string list = R"({"object":"list","data":[)";
    bool first = true;
    for (const ListedModel& listed : all) {
        list += (first ? "" : ",") + model_json(listed.id, listed.owner);
        first = false;
    }
    return list + "]}";
}

std::string Runtime::model_object(const policy::Principal& principal, std::string_view id, dialect::Dialect shape) const {
    for (const ListedModel& listed : listed_models(*snapshot_, principal)) {
        if (listed.id == id) {
            return shape == dialect::Dialect::Anthropic ? dialect::anthropic::model_object({listed.id, {}})
                                                        : model_json(listed.id, listed.owner);
        }
    }
    return {};
}

}  // namespace tierway::gateway
