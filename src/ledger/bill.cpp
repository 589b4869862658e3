#include "tierway/ledger/bill.hpp"

#include "tierway/base/assert.hpp"
#include "tierway/ledger/cost.hpp"

namespace tierway::ledger {

std::string_view name_of(Purpose purpose) noexcept {
    switch (purpose) {
        case Purpose::Answer:
            return "answer";
        case Purpose::Draft:
            return "draft";
        case Purpose::Failed:
            return "failed";
        case Purpose::Judge:
            return "judge";
        case Purpose::Shadow:
            return "shadow";
    }
    return "unknown";
}

std::string_view name_of(UsageSource source) noexcept {
    switch (source) {
        case UsageSource::Provider:
            return "provider";
        case UsageSource::Counted:
            return "counted";
        case UsageSource::Estimated:
            return "estimated";
        case UsageSource::Crash:
            return "crash";
        case UsageSource::None:
            return "none";
    }
    return "unknown";
}

Usd cost_at(const Charge& charge, const config::Price& price) noexcept {
    return cost_of(charge.usage, price, price.permille_of(charge.service) ? charge.service : config::ServiceTier::Standard);
}

Usd baseline_of(const Charge& charge, const config::Snapshot& snapshot) noexcept {
    if (charge.purpose != Purpose::Answer) {
        return {};
    }
    // The frontier makes no embeddings: their tier is the only one that does.
    const bool embeds = snapshot.model(charge.model).kind == config::ModelKind::Embedding;
    const config::TierId dearest = embeds ? charge.tier : snapshot.frontier();
    return cost_at(charge, snapshot.model(snapshot.tier(dearest).models.front()).price);
}

std::size_t Bill::add(const config::Snapshot& snapshot, config::ModelId model, config::TierId tier, Purpose purpose,
                      UsageSource source, const dialect::TokenUsage& usage, config::ServiceTier service) {
    Charge charge{
        .model = model, .tier = tier, .purpose = purpose, .source = source, .usage = {}, .service = service, .cost = {}};
    if (source != UsageSource::None) {
        charge.usage = usage;
        charge.cost = cost_of(usage, snapshot.model(model).price, service);
    }
    charges_.push_back(charge);
    return charges_.size() - 1;
}

void Bill::set_purpose(std::size_t position, Purpose purpose) noexcept {
    TIERWAY_ASSERT(position < charges_.size());
    charges_[position].purpose = purpose;
}

Usd Bill::total() const noexcept {
    Usd sum;
    for (const Charge& charge : charges_) {
        sum += charge.cost;
    }
    return sum;
}

Usd Bill::baseline(const config::Snapshot& snapshot) const noexcept {
    Usd sum;
    for (const Charge& charge : charges_) {
        sum += baseline_of(charge, snapshot);
    }
    return sum;
}

}  // namespace tierway::ledger
