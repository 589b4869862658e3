#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tierway/base/append.hpp"
#include "tierway/base/json_text.hpp"
#include "tierway/base/number_text.hpp"
#include "tierway/base/usd.hpp"

namespace tierway {

/// Writes one JSON object member by member into a string. Empty texts are left out, so that an object holds only what is so. Keys
/// must need no escape. `end` closes it.
class JsonObjectWriter {
public:
    explicit JsonObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

    void text(std::string_view key, std::string_view value) {
        if (!value.empty()) {
            begin(key);
            append_json_string(out_, value);
        }
    }
    void integer(std::string_view key, std::int64_t value) { append_integer(begin(key), value); }
    void decimal(std::string_view key, double value, unsigned decimals = 3) { append_fixed(begin(key), value, decimals); }
    void boolean(std::string_view key, bool value) {
        begin(key);
        out_ += value ? "true" : "false";
    }
    void money(std::string_view key, Usd value) { value.append_to(begin(key)); }
    /// The caller writes the value.
    std::string& begin(std::string_view key) {
        append_all(out_, std::exchange(first_, false) ? "\"" : ",\"", key, "\":");
        return out_;
    }
    void end() { out_ += '}'; }

private:
    std::string& out_;
    bool first_ = true;
};

}  // namespace tierway
