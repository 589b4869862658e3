#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tierway/base/json_text.hpp"

namespace tierway {

/// Writes nested JSON into a string, from front to back. Commas are its business. Unlike a document built in memory it can put in
/// a text that is JSON already, byte for byte: numbers, schemas and arguments stay as their author wrote them.
/// The caller sees to it that every begin has its end and that members are named.
class JsonWriter {
public:
    /// \param out appended to; must outlive the writer.
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }

    /// Names the next value. \param name is escaped.
    JsonWriter& key(std::string_view name) {
        separate();
        append_json_string(out_, name);
        out_ += ':';
        first_ = true;
        return *this;
    }
    JsonWriter& text(std::string_view value) {
        separate();
        append_json_string(out_, value);
        return *this;
    }
    /// \param json one whole JSON value.
    JsonWriter& raw(std::string_view json) {
        separate();
        out_ += json;
        return *this;
    }
    JsonWriter& integer(std::int64_t value) { return raw(std::to_string(value)); }
    /// The shortest text that reads as the same number. REQUIRES: finite.
    JsonWriter& decimal(double value);
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& null() { return raw("null"); }

    // A whole member.
    JsonWriter& text(std::string_view name, std::string_view value) { return key(name).text(value); }
    JsonWriter& raw(std::string_view name, std::string_view json) { return key(name).raw(json); }
    JsonWriter& integer(std::string_view name, std::int64_t value) { return key(name).integer(value); }
    JsonWriter& decimal(std::string_view name, double value) { return key(name).decimal(value); }
    JsonWriter& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
    JsonWriter& null(std::string_view name) { return key(name).null(); }

private:
    void separate() {
        if (!first_) {
            out_ += ',';
        }
        first_ = false;
    }
    JsonWriter& open(char bracket) {
        separate();
        out_ += bracket;
        first_ = true;
        return *this;
    }
    JsonWriter& close(char bracket) {
        out_ += bracket;
        first_ = false;
        return *this;
    }

    std::string& out_;
    bool first_ = true;  ///< No comma comes before what is written next.
};

}  // namespace tierway
