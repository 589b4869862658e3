#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tierway/dialect/token_usage.hpp"
#include "tierway/wire/json_view.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace tierway::dialect {

/// The tokens that an answer reports which is passed on as it is: the `usage` of a JSON body, or of the last event of a stream that
/// has one (WIRE.md section 3: transcriptions, images, speech). It looks at the body while that passes by, in pieces cut anywhere.
/// Pure and bounded.
class ReportedUsage {
public:
    /// Longer bodies and events are not looked at; images of several megabytes are.
    static constexpr std::size_t kBytesMax = std::size_t{16} << 20U;

    explicit ReportedUsage(std::string_view content_type);

    void feed(std::string_view bytes);
    /// Empty when the answer reports none, or not in tokens. Call once, at the body's end.
    std::optional<TokenUsage> finish();

private:
    void look_at(std::string_view json);

    wire::JsonParser parser_;
    std::optional<wire::SseDecoder> events_;
    std::optional<std::string> json_;
    std::optional<TokenUsage> usage_;
};

}  // namespace tierway::dialect
