#include "config/loading.hpp"

namespace tierway::config {
namespace {

using std::chrono::seconds;

}  // namespace

void load_store(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "store", loading.problems);
    Store& store = loading.snapshot.store;
    if (reader.require("sqlite", "the file that spending is kept in, such as `tierway.db`") != nullptr &&
        reader.read_text("sqlite", store.sqlite_file)) {
        store.kind = Store::Kind::Sqlite;
    }
    reader.refuse_future("redis");
    reader.read_choice("durability", store.survives_power_loss, {{"power_loss", true}, {"process", false}});
    reader.read_duration("wait_max", store.wait_max, seconds(10));
    reader.finish();
}

}  // namespace tierway::config
