#pragma once

#include "tierway/config/snapshot.hpp"
#include "tierway/dialect/chat_compatibility.hpp"
#include "tierway/dialect/conversation.hpp"
#include "tierway/dialect/dialect.hpp"

namespace tierway::gateway {

/// The wire format of a configured dialect: Azure's bodies are those of Chat.
dialect::Dialect wire_dialect(config::Dialect dialect) noexcept;

/// The configured dialect whose providers understand a door's own words. REQUIRES: a door's dialect.
config::Dialect configured_dialect(dialect::Dialect door) noexcept;

/// What a model takes, for the writers of requests. \param output_tokens what bounds the answer when the request states nothing.
dialect::ModelRules model_rules(const config::Model& model, std::int64_t output_tokens);

/// What a provider and its model take of a Chat request.
dialect::ChatRules chat_rules(const config::Provider& provider, const config::Model& model) noexcept;

}  // namespace tierway::gateway
