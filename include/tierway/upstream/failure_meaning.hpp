#pragma once

#include <cstdint>

#include "tierway/base/error.hpp"

namespace tierway::upstream {

/// What a failed attempt means for the next one of the same request.
enum class FailureMeaning : std::uint8_t {
    Final,         ///< The request itself is refused: asking anyone again is useless or wrong.
    LargerWindow,  ///< The request is too long for this target; one with a larger context window may take it.
    OtherTarget,   ///< This target will not help; another may.
    MayRetry,      ///< Passing trouble: another target at once, or this one later.
};

/// A request for which the provider's dialect has no words, refused credentials, an empty account, a server that cannot prove who it is, a model or an API that the provider does not
/// have, and a limit that this one request exceeds there concern one target; a silence (before or inside an answer) rules its
/// target out; a provider that is down, limits its pace, cuts its answer short or sends nonsense may be asked again. A request
/// that a provider refuses, its content filter above all, a client that left and a fault of ours end the matter.
FailureMeaning meaning_of(const Error& error) noexcept;

/// What an attempt that ended says about the health of the model that was asked.
enum class Evidence : std::uint8_t {
    None,     ///< Nothing: the request was refused, or the pace limited, or the client left.
    Healthy,  ///< It answered to the end.
    Failing,  ///< It could not be reached, was silent, broke off, sent nonsense or said that it cannot serve.
};

/// A provider that refuses a request or limits its pace is at work; so is one that answers 403, which a filter in front of it may
/// send because of what one request says: nobody may be able to take a model from everybody by his own requests. Refused
/// credentials (401) and an empty account keep the model from answering at all, so they count.
Evidence evidence_of(const Error& error) noexcept;

}  // namespace tierway::upstream
