#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/delivered_answer.hpp"
#include "tierway/base/error.hpp"
#include "tierway/base/time.hpp"
#include "tierway/config/timeouts.hpp"
#include "tierway/dialect/chat_stream.hpp"
#include "tierway/dialect/door_codec.hpp"
#include "tierway/dialect/provider_codec.hpp"
#include "tierway/wire/edits.hpp"
#include "tierway/wire/event_stream_decoder.hpp"
#include "tierway/wire/json_view.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace tierway::gateway {

/// What may be taken back decides what is kept.
enum class StreamMode : std::uint8_t {
    Relay,   ///< From the first content event (the commit point) events go on at once; only the preamble before it is kept.
    Buffer,  ///< Kept until the answer is whole or exceeds `buffer_bytes_max`; then as Relay.
    Hold,    ///< Kept to the end: the answer is to be judged.
};

struct StreamSettings {
    StreamMode mode = StreamMode::Relay;
    std::size_t buffer_bytes_max = 0;
    config::Timeouts timeouts{};
    std::string_view model_json{};     ///< Put in place of the provider's `model`.
    std::string_view provider_name{};  ///< For errors.
    bool include_usage = false;        ///< The client asked for the usage chunk.
    bool strip_logprobs = false;       ///< We asked for log-probabilities, the client did not.
    bool keep_text = false;            ///< The answer may have to be continued by another model.
    bool continues = false;            ///< It goes on from what the client has.
    bool content_parts = false;        ///< The provider's contents may be parts, which are made texts.
    dialect::Dialect upstream = dialect::Dialect::Chat;  ///< What the provider speaks.
    dialect::ReplyDefaults reply{};                      ///< What it may leave untold.
    dialect::DoorTerms door{};                           ///< What the client speaks.

    /// Provider and client speak the same dialect, which is not Chat: the provider's events pass on as they are.
    [[nodiscard]] bool is_native() const noexcept { return upstream == door.door && upstream != dialect::Dialect::Chat; }
};

/// Follows one provider's stream from its first byte to its end: turns its events into the client's, says what may be sent when,
/// until when the next bytes must come, and whether the end is the end of a whole answer (RELIABILITY.md section 6). Pure: bytes
/// and times are arguments. One for each attempt; `delivered` outlives the attempts that one answer is put together from.
///
/// - Role-only deltas, empty choices and comments are preamble; an error event or a malformed one among them is a failure that
///   nobody need notice.
/// - Later a malformed event is dropped; more than three, or one between the pieces of a tool call, end the stream.
/// - A finish reason for each choice makes the answer whole; `[DONE]` alone does not, and its absence alone does not hurt.
/// - A continuation shows neither its role nor its own id, and not the words it repeats.
/// - A provider of another dialect is understood as if it spoke Chat; a client of another one gets what amounts to the chunks. Where both
///   speak the same one, events pass with nothing but the model's name changed.
class StreamMachine {
public:
    /// \param parser scratch; what it parsed before is void. All references must outlive the machine.
    StreamMachine(const StreamSettings& settings, wire::JsonParser& parser, DeliveredAnswer& delivered, SteadyTime now);

    /// Takes what arrived. Errors: the provider's error event; UpstreamMalformed. What came before the error stays to be sent.
    Result<void> take(std::span<const std::string_view> pieces);

    /// Whether something is to be sent now. From the first time that this is acted upon, nothing can be taken back.
    [[nodiscard]] bool wants_to_send() const noexcept { return releasing() && !pending_.empty(); }
    /// The bytes to send, or what was kept at the end.
    [[nodiscard]] std::string& pending() noexcept { return pending_; }
    /// The pending bytes are on their way to the client.
    void sent();

    /// The provider said that it is done.
    [[nodiscard]] bool done() const noexcept { return done_; }
    /// Until when more must arrive.
    [[nodiscard]] SteadyTime deadline(SteadyTime now) const noexcept;
    /// What a failure to read more amounts to: silence before the first content is another matter than a stall after it.
    [[nodiscard]] Error read_failure(const Error& error) const;
    /// Whether the stream, which is at its end, was whole. Errors: UpstreamTruncated.
    [[nodiscard]] Result<void> check_end() const;

    [[nodiscard]] bool content_seen() const noexcept { return content_seen_; }
    [[nodiscard]] unsigned malformed() const noexcept { return malformed_; }
    /// The final usage chunk (JSON), when the client asked for it.
    [[nodiscard]] std::string& usage_chunk() noexcept { return usage_chunk_; }
    /// What is to end the client's stream, when that speaks no Chat and the provider another dialect than it.
    [[nodiscard]] std::optional<dialect::DoorStream>& door_stream() noexcept { return door_stream_; }
    /// The provider's last event, encoded, when it is to end the client's stream: what comes behind it is nobody's to read.
    [[nodiscard]] std::string& last_event() noexcept { return last_event_; }
    [[nodiscard]] const dialect::ChatStreamReader& reader() const noexcept { return reader_; }

private:
    [[nodiscard]] bool releasing() const noexcept;
    template <class Event, class Decoder, class Take>
    Result<void> take_pieces(Decoder& decoder, std::span<const std::string_view> pieces, Take take_event);
    Result<void> take_event(const wire::SseEvent& event);
    /// An event of a provider that speaks no Chat.
    Result<void> take_frame(const wire::EventStreamEvent& frame);
    Result<void> take_foreign(std::string_view name, std::string_view data);
    Result<void> take_chunk(std::string_view data, const wire::JsonValue& chunk);
    Result<void> take_malformed();
    [[nodiscard]] Result<void> check_size() const;
    void append_native(std::string_view name, std::string_view data, const wire::JsonValue& value);
    /// Appends the chunk as it was edited, in the client's dialect.
    void append_edited(std::string_view data, bool usage_only);
    void append_event(std::string_view data, const wire::JsonValue& chunk, const dialect::ChunkFacts& facts);
    /// Whether the event still has something to show.
    bool splice(const dialect::ChunkFacts& facts);

    StreamSettings settings_;
    wire::JsonParser& parser_;
    DeliveredAnswer& delivered_;
    SteadyTime first_content_deadline_;
    wire::SseDecoder decoder_;
    std::optional<wire::EventStreamDecoder> frames_;  ///< In its place, for what comes in frames.
    /// A provider that speaks no Chat.
    struct Foreign {
        Foreign(dialect::Dialect dialect, dialect::ReplyDefaults defaults) : stream(dialect, std::move(defaults)) {}
        dialect::ProviderStream stream;
        std::vector<std::string> chunks;  ///< What an event amounts to.
        wire::JsonParser parser;
    };
    std::optional<Foreign> foreign_;
    std::optional<dialect::DoorStream> door_stream_;
    std::optional<wire::JsonParser> door_parser_;  ///< With a door stream.
    std::string edited_chunk_;
    std::string last_event_;
    dialect::ChatStreamReader reader_;
    wire::Edits edits_;
    std::list<std::string> edit_texts_;  ///< What `edits_` put in.
    std::vector<std::string_view> edited_;
    std::string pending_;
    std::string pending_text_;  ///< The text within `pending_`, if it is kept.
    std::uint64_t pending_events_ = 0;
    std::string pending_id_;
    bool pending_text_only_ = true;
    std::string usage_chunk_;
    std::string unspliced_text_;  ///< Of a continuation, until it is known what of it repeats.
    std::string spliced_member_;  ///< JSON text that an edit puts in.
    unsigned malformed_ = 0;
    bool content_seen_ = false;
    bool released_ = false;
    bool spliced_ = false;
    bool done_ = false;
};

}  // namespace tierway::gateway
