#pragma once

#include <cstdint>
#include <optional>

#include "tierway/base/effort.hpp"
#include "tierway/config/snapshot.hpp"
#include "tierway/dialect/chat_request.hpp"

namespace tierway::decision {

/// What an attempt is to be told of thinking beside what the request says. Empty: nothing.
struct ThinkingTerms {
    /// In a word that the model takes. Set for every model that thinks, also where the class only states a budget.
    std::optional<Effort> effort;
    std::optional<std::int64_t> budget_tokens;  ///< Only for models that are told by a number, when the class states one.
    bool forced = false;                        ///< In place of what the request says.

    [[nodiscard]] bool empty() const noexcept { return !effort && !budget_tokens; }
};

/// What the class orders of a model, as far as the model takes it. The request's own words win, unless the class forces its own: then
/// the terms of a request that says something are empty. For Chat a provider's rules say the rest (`dialect::ChatRules`), for other
/// dialects the terms go into `dialect::Conversation::thinking`.
ThinkingTerms thinking_terms(const config::RequestClass& request_class, const config::Model& model,
                             std::optional<Effort> stated) noexcept;

/// Tokens of thought that an answer may come with, on top of those of an answer for which nothing limits the length: the class's
/// budget, else what usually goes with the effort that the request or its class states (WIRE.md section 4.7); 0 when neither says
/// anything. Where a length is limited, the limit holds for thought and answer together, whatever the dialect.
std::int64_t thinking_tokens_assumed(const config::RequestClass& request_class, const config::Model& model,
                                     std::optional<Effort> stated) noexcept;

}  // namespace tierway::decision
