#pragma once

#include <string>
#include <string_view>

#include "tierway/dialect/chat_compatibility.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/wire/edits.hpp"

namespace tierway::dialect {

/// What the gateway itself wants of a call, whoever the provider is. All else passes byte for byte.
struct RequestEdits {
    std::string_view model;       ///< The JSON string (with quotes) of the provider's name for the model.
    bool force_usage = false;     ///< Streams: `stream_options.include_usage` becomes true.
    bool force_logprobs = false;  ///< `logprobs` becomes true.
    /// Empty, or a member as JSON text (`"max_tokens":2000`) for a request that states no limit of its answer's length: it takes
    /// the place of a null under the same name.
    std::string_view output_limit{};
    /// Empty, or one more element of `messages` with its leading comma: an assistant turn that the provider is to go on with.
    std::string_view prefill{};
};

void edit_request(const ChatRequest& request, const RequestEdits& wanted, wire::Edits& edits);

/// The same, and the body is fitted to what the provider and its model take. A vendor that has no `stream_options` reports its
/// usage without being asked for it, so `force_usage` then does nothing.
/// \param notes must outlive the edits.
void edit_request(const ChatRequest& request, const RequestEdits& wanted, const ChatRules& rules, wire::Edits& edits,
                  RequestNotes& notes);

}  // namespace tierway::dialect
