#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/shadow/quality_board.hpp"
#include "tierway/base/error.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/decision/economics_board.hpp"
#include "tierway/decision/gain_policy.hpp"
#include "tierway/dialect/chat_compatibility.hpp"
#include "tierway/dialect/dialect.hpp"
#include "tierway/ledger/rate_board.hpp"
#include "tierway/ledger/token_estimator.hpp"
#include "tierway/net/origin.hpp"
#include "tierway/policy/quota_board.hpp"
#include "tierway/upstream/health_board.hpp"

namespace tierway::gateway {

/// What is derived once from a snapshot and then only read (but for the models' health, the keys' quotas and rates, and what is
/// learnt of tokens, quality and the cascades' economics): the classifier, where each provider is, and the texts that every
/// request to it needs. Shared by all workers; a request keeps the one it began with, so a reload disturbs nobody.
class Runtime {
public:
    /// Errors: Internal, when a provider's trust anchors or the calibration cannot be loaded, or it does not know a class that
    /// decides by it.
    /// \param previous whose knowledge of the models' health and tokens, of the keys' quotas and rates and of the classes' quality
    ///        and economics is taken over; may be null.
    static Result<std::shared_ptr<const Runtime>> make(config::SnapshotPtr snapshot, const Runtime* previous);

    [[nodiscard]] const config::Snapshot& snapshot() const noexcept { return *snapshot_; }
    [[nodiscard]] const classify::Classifier& classifier() const noexcept { return classifier_; }
    /// What was learnt of the classes.
    [[nodiscard]] const decision::GainPolicy& gains() const noexcept { return *gains_; }

    /// The address and trust of a provider, or of a model's provider.
    [[nodiscard]] const net::Origin& origin_of(config::ProviderId provider) const { return origins_[config::index_of(provider)]; }
    [[nodiscard]] const net::Origin& origin_of(config::ModelId model) const { return origin_of(snapshot_->model(model).provider); }
    /// How a call to the model begins. \param dialect that it is worded in: of the provider's, Responses where it serves them beside
    /// Chat.
    struct Address {
        std::string target;  ///< See `upstream_target`.
        std::string head;    ///< See `upstream_head`.
    };
    [[nodiscard]] const Address& address_of(config::ModelId model, dialect::Dialect dialect, bool streamed) const {
        const Addresses& addresses = addresses_[config::index_of(model)];
        if (dialect == dialect::Dialect::Responses) {
            return addresses.responses;
        }
        return streamed ? addresses.streamed : addresses.whole;
    }
    /// What the model's provider takes of a Chat request.
    [[nodiscard]] const dialect::ChatRules& chat_rules_of(config::ModelId model) const {
        return chat_rules_[config::index_of(model)];
    }
    /// The provider's name for the model, and ours, as JSON strings with their quotes.
    [[nodiscard]] std::string_view upstream_name_json(config::ModelId model) const {
        return upstream_names_[config::index_of(model)];
    }
    [[nodiscard]] std::string_view name_json(config::ModelId model) const { return names_[config::index_of(model)]; }
    /// The health of the models. It is what changes while a runtime serves; it is thread-safe.
    [[nodiscard]] upstream::HealthBoard& health() const noexcept { return *health_; }
    /// What the keys have escalated of late; likewise.
    [[nodiscard]] policy::QuotaBoard& quotas() const noexcept { return *quotas_; }
    /// How many tokens the models make of a prompt; likewise.
    [[nodiscard]] ledger::TokenEstimator& tokens() const noexcept { return *tokens_; }
    /// What the keys have asked for within their rate limits; likewise.
    [[nodiscard]] ledger::RateBoard& rates() const noexcept { return *rates_; }
    /// What the classes' answers were worth of late; likewise.
    [[nodiscard]] QualityBoard& quality() const noexcept { return *quality_; }
    /// What the classes' cascades cost of late; likewise.
    [[nodiscard]] decision::EconomicsBoard& economics() const noexcept { return *economics_; }
    /// The body of `GET /v1/models`: what the principal may ask for. \param shape Chat (OpenAI's) or Anthropic.
    [[nodiscard]] std::string model_list(const policy::Principal& principal, dialect::Dialect shape) const;
    /// One of them by its id; empty when there is no such id for the principal.
    [[nodiscard]] std::string model_object(const policy::Principal& principal, std::string_view id, dialect::Dialect shape) const;

private:
    Runtime(config::SnapshotPtr snapshot, const Runtime* previous);

    config::SnapshotPtr snapshot_;
    classify::Classifier classifier_;
    decision::GainPolicyPtr gains_;  ///< Never null once made.
    std::unique_ptr<upstream::HealthBoard> health_;
    std::unique_ptr<policy::QuotaBoard> quotas_;
    std::unique_ptr<ledger::TokenEstimator> tokens_;
    std::unique_ptr<ledger::RateBoard> rates_;
    std::unique_ptr<QualityBoard> quality_;
    std::unique_ptr<decision::EconomicsBoard> economics_;  ///< Never null once made.
    std::vector<net::Origin> origins_;
    struct Addresses {
        Address whole;
        Address streamed;
        Address responses;
    };
    std::vector<Addresses> addresses_;  ///< By model.
    std::vector<dialect::ChatRules> chat_rules_;  ///< By model.
    std::vector<std::string> upstream_names_;
    std::vector<std::string> names_;
};

using RuntimePtr = std::shared_ptr<const Runtime>;

}  // namespace tierway::gateway
