#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tierway/base/json_text.hpp"
#include "tierway/base/number_text.hpp"
#include "tierway/base/text_buffer.hpp"
#include "tierway/base/usd.hpp"

namespace tierway {

/// Writes one JSON object member by member. Empty texts are left out, so that an object holds only what is so. Keys are literals
/// that need no escape. `end` closes it.
class JsonObjectWriter {
public:
    explicit JsonObjectWriter(TextBuffer& out) : out_(out) { out_.append("{"); }

    template <std::size_t N>
    void text(const char (&key)[N], std::string_view value) {
        if (value.empty()) {
            return;
        }
        if (!is_plain_json_text(value)) {
            std::string quoted;
            append_json_string(quoted, value);
            char* to = begin(key, quoted.size());
            out_.commit(TextBuffer::put(to, quoted));
            return;
        }
        char* to = begin(key, value.size() + 2);
        *to++ = '"';
        to = TextBuffer::put(to, value);
        *to++ = '"';
        out_.commit(to);
    }
    template <std::size_t N>
    void integer(const char (&key)[N], std::int64_t value) {
        out_.commit(write_integer(begin(key, kNumberTextMax), value));
    }
    template <std::size_t N>
    void decimal(const char (&key)[N], double value, unsigned decimals = 3) {
        out_.commit(write_fixed(begin(key, kNumberTextMax), value, decimals));
    }
    template <std::size_t N>
    void boolean(const char (&key)[N], bool value) {
        out_.commit(TextBuffer::put(begin(key, 5), value ? "true" : "false"));
    }
    template <std::size_t N>
    void money(const char (&key)[N], Usd value) {
        out_.commit(value.write_to(begin(key, Usd::kTextMax)));
    }
    /// Begins a member. \returns where its value goes, with room for `value_bytes`; the caller writes it and commits its end.
    template <std::size_t N>
    char* begin(const char (&key)[N], std::size_t value_bytes) {
        char* to = out_.claim(value_bytes + N + 3);
        *to = ',';
        to += first_ ? 0 : 1;
        first_ = false;
        *to++ = '"';
        std::memcpy(to, key, N - 1);
        to += N - 1;
        *to++ = '"';
        *to++ = ':';
        return to;
    }
    void end() { out_.append("}"); }

private:
    TextBuffer& out_;
    bool first_ = true;
};

}  // namespace tierway
