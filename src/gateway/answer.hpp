#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "tierway/config/snapshot.hpp"
#include "tierway/dialect/chat_answer.hpp"
#include "tierway/dialect/door_codec.hpp"
#include "tierway/net/header_block.hpp"

namespace tierway::gateway {

/// An answer that is complete, in the client's form: held until somebody decides about it, or (a relayed stream) already with the
/// client.
struct Answer {
    config::ModelId model{};
    config::TierId tier{};
    std::size_t charge = 0;            ///< Its position on the bill.
    std::string bytes;                 ///< A whole answer's body, or the encoded events of a held stream.
    std::string usage_chunk;           ///< The stream's final usage chunk (JSON), when a client of Chat asked for usage.
    std::string last_event;            ///< The stream's last event, encoded, when it is the provider's own (see `StreamMachine`).
    std::optional<dialect::DoorStream> door_stream;  ///< What ends the stream of a client that speaks no Chat otherwise.
    net::HeaderBlock relayed_headers;  ///< Of the provider.
    dialect::ChatAnswer content;       ///< Texts only when it is to be judged.
    bool relayed = false;              ///< The client has its events; only the end is missing.

    /// Empties it for another attempt; its memory is kept.
    void begin(config::ModelId asked, config::TierId of_tier) {
        model = asked;
        tier = of_tier;
        charge = 0;
        bytes.clear();
        usage_chunk.clear();
        last_event.clear();
        door_stream.reset();
        relayed_headers.clear();
        content = {};
        relayed = false;
    }
};

}  // namespace tierway::gateway
