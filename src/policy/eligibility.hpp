#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "tierway/policy/binding.hpp"

namespace tierway::policy {

/// Which models may and can serve one request, and what they may cost. All must outlive it.
class Eligibility {
public:
    Eligibility(const config::Snapshot& snapshot, const Principal& principal, const BindRequest& request);

    /// What keeps the model from serving the request; empty when nothing does.
    [[nodiscard]] std::optional<std::string_view> missing(config::ModelId model) const;
    /// Whether the model may be shown the request's text, and nothing of the request is lost in it.
    [[nodiscard]] bool may_see_text(config::ModelId model) const;
    [[nodiscard]] bool can_serve(config::TierId tier) const;
    /// The tier's models that can serve the request, in order.
    [[nodiscard]] std::vector<config::ModelId> models_of(config::TierId tier) const;
    /// The dearest of the tier's models that can serve the request.
    [[nodiscard]] Usd estimate(config::TierId tier) const;
    [[nodiscard]] Usd estimate(config::ModelId model) const;

private:
    const config::Snapshot& snapshot_;
    const Principal& principal_;
    const BindRequest& request_;
    bool stay_inside_;
};

}  // namespace tierway::policy
