#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/wire/http_fields.hpp"

namespace tierway::net {

/// Beast's incremental HTTP/1 parser with our own sinks: fields and body pieces are views of the bytes that were fed, so nothing
/// is copied. It is always fed with `put()` inside a `try`, because the packaged version throws on oversized trailers and a throw
/// inside Asio's own composed read would end the process (RELIABILITY.md section 2). Fields of trailers are dropped.
template <bool IsRequest>
class MessageParser : public boost::beast::http::basic_parser<IsRequest> {
    using Base = boost::beast::http::basic_parser<IsRequest>;
    using ErrorCode = boost::beast::error_code;
    using View = boost::beast::string_view;
    using Verb = boost::beast::http::verb;
    using Field = boost::beast::http::field;

public:
    /// What the head said; filled until `is_header_done()`.
    unsigned status = 0;
    std::string_view method;
    std::string_view target;
    wire::HttpFields* fields = nullptr;
    /// Where body pieces go, in order.
    std::vector<std::string_view>* body = nullptr;
    bool had_chunk_extension = false;

    /// Feeds bytes until they are used up, the head is done (when `stop_after_head`) or the message is complete.
    /// \returns the bytes used; `error` is set on a malformed message, and need_more is not an error.
    std::size_t feed(std::string_view bytes, bool stop_after_head, ErrorCode& error) noexcept {
        std::size_t used = 0;
        error = {};
        try {
            while (used < bytes.size() && !this->is_done() && !(stop_after_head && this->is_header_done())) {
                const std::size_t step = this->put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
                used += step;
                if (error == boost::beast::http::error::need_more) {
                    error = {};
                    break;
                }
                if (error || step == 0) {
                    break;
                }
            }
        } catch (const std::exception&) {
            error = boost::beast::http::error::bad_value;
        }
        return used;
    }

protected:
    void on_request_impl(Verb, View method_text, View target_text, int, ErrorCode&) override {
        method = {method_text.data(), method_text.size()};
        target = {target_text.data(), target_text.size()};
    }
    void on_response_impl(int code, View, int, ErrorCode&) override { status = static_cast<unsigned>(code); }
    void on_field_impl(Field, View name, View value, ErrorCode&) override {
        if (!this->is_header_done() && fields != nullptr) {
            fields->add({name.data(), name.size()}, {value.data(), value.size()});
        }
    }
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, ErrorCode&) override {}
    std::size_t on_body_impl(View piece, ErrorCode&) override {
        keep(piece);
        return piece.size();
    }
    void on_chunk_header_impl(std::uint64_t, View extension, ErrorCode&) override { had_chunk_extension |= !extension.empty(); }
    std::size_t on_chunk_body_impl(std::uint64_t, View piece, ErrorCode&) override {
        keep(piece);
        return piece.size();
    }
    void on_finish_impl(ErrorCode&) override {}

private:
    void keep(View piece) {
        if (body != nullptr && !piece.empty()) {
            body->emplace_back(piece.data(), piece.size());
        }
    }
};

}  // namespace tierway::net
