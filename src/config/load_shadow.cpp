#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

constexpr unsigned kConcurrentMax = 256;

void read_share(MapReader& reader, Shadow& shadow) {
    if (reader.require("share", "the share of kept drafts that are looked at, such as `0.02`") == nullptr) {
        return;
    }
    if (reader.read_fraction("share", shadow.share) && shadow.share == 0.0) {
        reader.fail("share", reader.take("share")->place, "must be above 0: without the section `shadow` nothing is looked at");
    }
}

void read_money(MapReader& reader, Shadow& shadow) {
    if (reader.require("usd_per_day", "what it may cost, such as `1.0`") == nullptr) {
        return;
    }
    if (reader.read_usd("usd_per_day", shadow.usd_per_day) && shadow.usd_per_day <= Usd()) {
        reader.fail("usd_per_day", reader.take("usd_per_day")->place, "must be above 0");
    }
}

void read_judge(Loading& loading, MapReader& reader, Shadow& shadow) {
    const YamlNode* node = reader.take_scalar("judge");
    if (node == nullptr || node->text == "agreement") {
        return;
    }
    const auto known = loading.snapshot.find_model(node->text);
    const std::string path = reader.path_of("judge");
    shadow.judge = known ? known : define_model(loading, node->text, node->place, nullptr, path);
    if (shadow.judge && !require_chat_model(loading, node->place, *shadow.judge, path)) {
        shadow.judge.reset();
    }
}

void read_classes(Loading& loading, MapReader& reader, Shadow& shadow) {
    const YamlNode* list = reader.take_list("classes");
    if (list == nullptr) {
        return;
    }
    for (const YamlNode& item : list->items) {
        const auto found = loading.snapshot.find_class(item.text);
        if (!found) {
            loading.problems.error(item.place, "`shadow.classes` names the class " + quoted_value(item.text) +
                                                   ", which `classes` does not have." +
                                                   loading.problems.suggestion(item.text, names_of(loading.snapshot.classes)));
        } else if (!loading.snapshot.request_class(*found).escalation) {
            reader.fail("classes", item.place,
                        "names the class " + quoted_value(item.text) + ", which does not escalate: its answers are not looked at");
        } else {
            shadow.classes.push_back(*found);
        }
    }
}

}  // namespace

void load_shadow(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "shadow", loading.problems);
    Shadow shadow;
    read_share(reader, shadow);
    read_money(reader, shadow);
    read_judge(loading, reader, shadow);
    read_classes(loading, reader, shadow);
    reader.read_integer("concurrent", shadow.concurrent, 1, kConcurrentMax);
    // As a destination of lines these two words mean something else.
    if (reader.read_text("file", shadow.file) && (shadow.file == "stdout" || shadow.file == "off")) {
        reader.fail("file", reader.take("file")->place, "must be the path of a file to append to");
    }
    reader.read_bool("keep_text", shadow.keep_text);
    if (shadow.keep_text && shadow.file.empty()) {
        reader.fail("keep_text", reader.take("keep_text")->place, "needs a `file` to keep it in");
    }
    reader.finish();
    loading.snapshot.shadow = std::move(shadow);
}

}  // namespace tierway::config
