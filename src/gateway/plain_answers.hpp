#pragma once

#include <string_view>

#include "gateway/request_context.hpp"
#include "tierway/net/task.hpp"

/// Answers for which no model is asked.
namespace tierway::gateway {

/// The models that the caller may ask for, or one of them, in the words of the door.
net::Task<> answer_models(RequestContext& context);
net::Task<> answer_model(RequestContext& context, std::string_view path);
/// How many tokens a request through Anthropic's door would have, as far as we can tell before a model counts them.
net::Task<> answer_token_count(RequestContext& context);
/// To a client that only looks whether anybody is there.
net::Task<> answer_probe(RequestContext& context);

}  // namespace tierway::gateway
