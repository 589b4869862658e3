#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/net/exchange.hpp"
#include "tierway/wire/http_fields.hpp"

namespace tierway::gateway {

/// How the body of a request that passes as it is is framed for the provider: by its length where the client stated it, else in
/// chunks (RFC 9112 section 6). Pure.
class PassedBody {
public:
    /// Appends the framing and the head's end. \param fields the client's.
    void begin(const wire::HttpFields& fields, std::string_view method, std::string& head);
    /// What to send for a part: behind `head`, when that is to go with it. Valid until the next call, and as long as head and part are.
    std::span<const std::string_view> frame(std::string_view head, const net::BodyPart& part);

private:
    bool chunked_ = false;
    std::string chunk_head_;
    std::vector<std::string_view> pieces_;
};

}  // namespace tierway::gateway
