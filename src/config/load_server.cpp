#include "config/addresses.hpp"
#include "config/loading.hpp"

namespace tierway::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::int64_t kWorkersMax = 256;
constexpr std::size_t kBodyBytesMin = std::size_t{1} << 10U;
constexpr std::size_t kBodyBytesMax = std::size_t{1} << 30U;
constexpr std::int64_t kConnectionsMax = 1'000'000;
constexpr std::int64_t kInFlightMax = 1'000'000;
/// Below, the process's own size would already be the limit.
constexpr std::size_t kMemoryBytesMin = std::size_t{64} << 20U;
constexpr std::size_t kMemoryBytesMax = std::size_t{1024} << 30U;
constexpr std::int64_t kDecisionsKeptMax = 100'000;
constexpr std::size_t kAdminTokenBytesMin = 16;

void read_listen(MapReader& reader, Endpoint& endpoint) {
    const YamlNode* node = reader.take_scalar("listen");
    if (node == nullptr) {
        return;
    }
    auto parsed = parse_endpoint(node->text);
    if (!parsed.value) {
        reader.fail("listen", node->place, parsed.problem);
        return;
    }
    endpoint = *std::move(parsed.value);
}

// \param remedy what the problem ends with.
void refuse_other_machines(MapReader& reader, const Endpoint& endpoint, std::string_view remedy) {
    if (const YamlNode* node = reader.take("listen"); node != nullptr && !endpoint.is_loopback()) {
        reader.fail("listen", node->place,
                    "would open " + quoted_value(endpoint.host) + " to other machines, but " + std::string(remedy));
    }
}

// Who may listen to other machines: with keys everybody; without them nobody, unless the configuration says so in words.
void check_who_may_call(Loading& loading, MapReader& reader, Server& server) {
    const bool says_so = reader.read_choice("without_keys", server.anyone_without_keys, {{"anyone", true}});
    if (says_so && loading.has_keys) {
        reader.fail("without_keys", reader.take("without_keys")->place, "contradicts the section `keys`: remove one of them");
    } else if (says_so) {
        loading.problems.warn(reader.take("without_keys")->place,
                              "`server.without_keys: anyone` lets everybody who reaches the data plane spend your money.");
    } else if (!loading.has_keys) {
        refuse_other_machines(reader, server.listen,
                              "without a section `keys` only loopback may listen: add keys (`tierway keys new`), write "
                              "`127.0.0.1` or `[::1]`, or say `without_keys: anyone`");
    }
}

void read_workers(MapReader& reader, unsigned& workers) {
    const YamlNode* node = reader.take_scalar("workers");
    if (node == nullptr || node->text == "auto") {
        return;
    }
    const auto parsed = parse_integer(node->text, 1, kWorkersMax);
    if (node->quoted || !parsed.value) {
        reader.fail(
            "workers", node->place,
            "must be `auto` or a whole number from 1 to " + std::to_string(kWorkersMax) + ", not " + quoted_value(node->text));
        return;
    }
    workers = static_cast<unsigned>(*parsed.value);
}

void read_memory_max(MapReader& reader, std::size_t& memory_bytes_max) {
    const YamlNode* node = reader.take_scalar("memory_max");
    if (node == nullptr || node->text == "off") {
        return;
    }
    const auto parsed = parse_size(node->text, kMemoryBytesMin, kMemoryBytesMax);
    if (!parsed.value) {
        reader.fail("memory_max", node->place, parsed.problem + "; `off` sets no limit");
        return;
    }
    memory_bytes_max = *parsed.value;
}

// Who knows the token sees what everybody spends, so it must not be one that can be guessed.
void read_admin_token(Loading& loading, MapReader& reader, Secret& token) {
    read_secret(loading, reader, "token", token);
    if (!token.empty() && token.reveal().size() < kAdminTokenBytesMin) {
        reader.fail("token", reader.take("token")->place,
                    "is too short: give its environment variable at least " + std::to_string(kAdminTokenBytesMin) +
                        " characters, such as `openssl rand -hex 32` makes");
    }
}

// A mistyped word would otherwise silently become a file of that name.
void read_destination(MapReader& reader, std::string_view key, std::string& destination) {
    const YamlNode* node = reader.take_scalar(key);
    if (node == nullptr) {
        return;
    }
    const std::string& text = node->text;
    if (text != "stdout" && text != "off" && text.find_first_of("./") == std::string::npos) {
        reader.fail(key, node->place,
                    "must be `stdout`, `off` or the path of a file (with a `/` or `.` in it), not " + quoted_value(text));
        return;
    }
    destination = text;
}

}  // namespace

void load_server(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "server", loading.problems);
    Server& server = loading.snapshot.server;
    read_listen(reader, server.listen);
    check_who_may_call(loading, reader, server);
    read_workers(reader, server.workers);
    reader.read_size("body_max", server.body_bytes_max, kBodyBytesMin, kBodyBytesMax);
    reader.read_integer("connections_max", server.connections_max, 1, kConnectionsMax);
    reader.read_integer("in_flight_max", server.in_flight_max, 1, kInFlightMax);
    read_memory_max(reader, server.memory_bytes_max);
    reader.read_duration("header_timeout", server.header_timeout, hours(1));
    reader.read_duration("body_timeout", server.body_timeout, hours(1));
    reader.read_duration("keep_alive_timeout", server.keep_alive_timeout, hours(1));
    reader.read_duration("write_timeout", server.write_timeout, hours(1));
    reader.read_duration("stream_keepalive_after", server.stream_keepalive_after, minutes(10));
    reader.read_duration("stream_keepalive_every", server.stream_keepalive_every, minutes(10));
    reader.read_duration("drain_delay", server.drain_delay, minutes(10));
    reader.read_duration("drain_timeout", server.drain_timeout, hours(1));
    reader.read_bool("watch", server.watch);
    reader.finish();
}

void load_admin(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "admin", loading.problems);
    Admin& admin = loading.snapshot.admin;
    read_listen(reader, admin.listen);
    read_admin_token(loading, reader, admin.token);
    if (reader.take("token") == nullptr) {
        refuse_other_machines(reader, admin.listen,
                              "without a token only loopback may listen: write `token: \"${TIERWAY_ADMIN_TOKEN}\"` and a long random "
                              "text in that environment variable (`openssl rand -hex 32`), or write `127.0.0.1` or `[::1]`");
    }
    reader.read_integer("decisions_kept", admin.decisions_kept, 0, kDecisionsKeptMax);
    reader.finish();
}

void load_log(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "log", loading.problems);
    Log& log = loading.snapshot.log;
    reader.read_choice(
        "level", log.level,
        {{"debug", LogLevel::Debug}, {"info", LogLevel::Info}, {"warning", LogLevel::Warning}, {"error", LogLevel::Error}});
    read_destination(reader, "decisions", log.decisions);
    read_destination(reader, "audit", log.audit);
    reader.finish();
}

}  // namespace tierway::config
