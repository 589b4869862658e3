#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tierway/base/rate_limits.hpp"
#include "tierway/base/sha256.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/config/ids.hpp"

namespace tierway::config {

/// How much of going above the bound tier a key may cause in an hour. What is absent is not limited.
struct EscalationQuotas {
    /// Whatever brings a request above this tier is a climb, its class included: a prompt that only looks hard cannot be told from
    /// one that is, so what limits it is money. Absent: climbs begin at the class's tier.
    std::optional<TierId> above = std::nullopt;
    std::optional<unsigned> per_hour;  ///< Approved climbs.
    std::optional<double> share_max;   ///< Approved climbs over calls, 0..1.
    std::optional<Usd> usd_per_hour;   ///< What the attempts of approved climbs cost.

    [[nodiscard]] bool any() const noexcept { return per_hour || share_max || usd_per_hour; }
};

/// Who asks, and how far they may go. By default everything is allowed: what everybody is while there are no keys.
struct Principal {
    std::string id = "local";
    std::string team;                             ///< Empty: none.
    std::optional<KeyId> key;                     ///< Empty: the local one, without keys.
    std::optional<TierId> max_tier;               ///< Empty: no ceiling of its own.
    std::optional<std::vector<ClassId>> classes;  ///< That it may declare; absent: all.
    std::vector<bool> models;                     ///< By model: whether it may be used. Empty: all may.
    bool stay_inside = false;                     ///< Only providers inside the boundary may see its requests.
    EscalationQuotas escalations;
    RateLimits limits;
    std::optional<ProviderId> pass_through;  ///< Of a key: whose account serves what passes as it is; absent: nothing passes.

    [[nodiscard]] bool may_use(ModelId model) const { return models.empty() || models[index_of(model)]; }
    [[nodiscard]] bool may_declare(ClassId request_class) const noexcept;
};

/// One entry of `keys`: how a caller proves who it is. The key itself is nowhere, only what it hashes to.
struct AccessKey {
    Principal principal;
    std::vector<Sha256> digests;      ///< One, or two while the key is being replaced.
    std::optional<WallTime> expires;  ///< From then on it is unknown.
};

/// Finds a key by the digest of what a caller presents.
class KeyRing {
public:
    KeyRing() = default;
    explicit KeyRing(const std::vector<AccessKey>& keys);

    /// The entry whose digest this is; expired ones too.
    ///
    /// Timing. The look-up walks to the digest's first eight bytes in a sorted list, and the whole digest is then compared in
    /// constant time. How long the walk takes depends on what was presented and on the first bytes of the stored digests, so at
    /// best it tells something of these bytes. That is of no use: to steer the walk an attacker must find texts whose SHA-256
    /// begins as wanted, and from a digest, even a known one, nobody gets back to a key of 256 random bits.
    [[nodiscard]] std::optional<KeyId> find(const Sha256& digest) const noexcept;

private:
    struct Entry {
        Sha256 digest{};
        KeyId key{};
    };
    std::vector<Entry> entries_;  ///< By the first eight bytes of the digest.
};

}  // namespace tierway::config
