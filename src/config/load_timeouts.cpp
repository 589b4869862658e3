#include "config/loading.hpp"

namespace tierway::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

void read_limit(MapReader& reader, std::string_view key, std::optional<Milliseconds>& limit, Milliseconds max) {
    Milliseconds stated{0};
    if (reader.read_duration(key, stated, max)) {
        limit = stated;
    }
}

}  // namespace

void read_timeouts(Loading& loading, MapReader& parent, TimeoutOverrides& overrides) {
    const YamlNode* node = parent.take("timeouts");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, parent.path_of("timeouts"), loading.problems);
    read_limit(reader, "connect", overrides.connect, minutes(10));
    read_limit(reader, "headers", overrides.headers, hours(1));
    read_limit(reader, "first_content", overrides.first_content, hours(1));
    read_limit(reader, "idle", overrides.idle, hours(1));
    read_limit(reader, "total_stream", overrides.total_stream, hours(24));
    read_limit(reader, "total_whole", overrides.total_whole, hours(24));
    reader.finish();
}

}  // namespace tierway::config
