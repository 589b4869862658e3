#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace tierway::wire {

inline std::string bytes_of_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

inline std::string big_endian(std::uint64_t value, std::size_t bytes) {
    std::string out;
    for (std::size_t i = bytes; i > 0; --i) {
        out += static_cast<char>(value >> (8 * (i - 1)) & 0xFFU);
    }
    return out;
}

inline std::string crc_32(std::string_view bytes) {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return big_endian(crc.checksum(), 4);
}

/// One header whose value is a string.
inline std::string string_header(std::string_view name, std::string_view value) {
    return big_endian(name.size(), 1).append(name).append(big_endian(7, 1)).append(big_endian(value.size(), 2)).append(value);
}

/// A message of an AWS event stream with sound lengths and checksums.
inline std::string event_stream_message(std::string_view headers, std::string_view payload) {
    std::string message = big_endian(16 + headers.size() + payload.size(), 4) + big_endian(headers.size(), 4);
    message += crc_32(message);
    message.append(headers).append(payload);
    return message + crc_32(message);
}

inline std::string event_message(std::string_view event_type, std::string_view payload) {
    return event_stream_message(string_header(":event-type", event_type) + string_header(":content-type", "application/json") +
                                    string_header(":message-type", "event"),
                                payload);
}

inline std::string exception_message(std::string_view exception_type, std::string_view payload) {
    return event_stream_message(string_header(":exception-type", exception_type) +
                                    string_header(":content-type", "application/json") +
                                    string_header(":message-type", "exception"),
                                payload);
}

}  // namespace tierway::wire
