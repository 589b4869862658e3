#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tierway/base/time.hpp"
#include "tierway/config/ids.hpp"

namespace tierway::config {

/// The same question asked a second time, to see whether the same final answer comes back (docs/cascade.md).
struct Agreement {
    std::optional<ModelId> model;  ///< Absent: the model that is asked first is sampled again.
    unsigned samples = 1;
    std::optional<double> temperature;              ///< Absent: the request's own.
    std::string field = "answer";                   ///< The member that holds the final answer of a JSON object.
    std::optional<std::int64_t> output_tokens_max;  ///< Absent: what the request itself may have.
    Milliseconds wait{2'000};                       ///< How much longer than the draft it may take.
};

/// A model asked whether a draft is right.
struct Verifier {
    ModelId model{};
    std::string prompt;  ///< Instead of our own instruction; empty: that.
    std::int64_t output_tokens_max = 512;
    Milliseconds wait{10'000};  ///< For its verdict.
};

}  // namespace tierway::config
