#include <filesystem>
#include <string>

#include "config/loading.hpp"

namespace tierway::config {
namespace {

constexpr double kLambdaMax = 1e9;

struct KnobName {
    std::string_view key;
    GainKnob knob;
};
constexpr KnobName kKnobs[] = {{"lambda", GainKnob::Lambda},
                               {"quality", GainKnob::Quality},
                               {"cost_share", GainKnob::CostShare},
                               {"accepted_error_max", GainKnob::AcceptedErrorMax}};

}  // namespace

void read_gain_rule(Loading& loading, MapReader& parent, std::optional<GainRule>& target) {
    const YamlNode* node = parent.take("gain");
    if (node == nullptr) {
        return;
    }
    MapReader reader(*node, parent.path_of("gain"), loading.problems);
    GainRule rule;
    unsigned knobs = 0;
    for (const KnobName& name : kKnobs) {
        const YamlNode* value = reader.take(name.key);
        if (value == nullptr) {
            continue;
        }
        rule.knob = name.knob;
        if (name.knob == GainKnob::Lambda) {
            reader.read_real(name.key, rule.value, kLambdaMax);
        } else {
            reader.read_fraction(name.key, rule.value);
        }
        ++knobs;
    }
    if (knobs != 1 && reader.is_mapping()) {
        reader.fail_here("needs exactly one of `lambda`, `quality`, `cost_share` and `accepted_error_max`");
    }
    reader.read_choice("decide", rule.time, {{"draft", GainTime::Draft}, {"ask", GainTime::Ask}});
    if (rule.time == GainTime::Ask && rule.knob == GainKnob::AcceptedErrorMax) {
        reader.fail("accepted_error_max", reader.take("accepted_error_max")->place,
                    "is about drafts, and with `decide: ask` there is none to be judged");
    }
    if (loading.snapshot.calibration_file.empty()) {
        reader.fail_here("needs the section `calibration`: what a climb gains is learnt from outcomes by `tierway calibrate`");
    }
    reader.finish();
    target = rule;
}

void load_calibration(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "calibration", loading.problems);
    std::string file;
    if (reader.require("file", "what `tierway calibrate` wrote") != nullptr && reader.read_text("file", file)) {
        const std::filesystem::path folder = std::filesystem::path(loading.problems.file()).parent_path();
        loading.snapshot.calibration_file = (folder / file).string();
    }
    reader.finish();
}

}  // namespace tierway::config
