#include "tierway/config/policy_change.hpp"

#include <yaml-cpp/yaml.h>

#include <cstdio>

namespace tierway::config {
namespace {

/// A plain decimal, as the loader reads it.
std::string lambda_text(double lambda) {
    char text[64];
    std::snprintf(text, sizeof text, "%.4f", lambda);
    return text;
}

void change_class(YAML::Node& settings, const PolicyChange& change) {
    if (change.tier) {
        settings["tier"] = *change.tier;
    }
    if (!change.escalates) {
        settings.remove("escalate");
        return;
    }
    if (!change.lambda) {
        return;
    }
    YAML::Node escalate = settings["escalate"];
    escalate.remove("below");
    YAML::Node gain = escalate["gain"];
    for (const char* knob : {"quality", "cost_share", "accepted_error_max"}) {
        gain.remove(knob);
    }
    gain["lambda"] = lambda_text(*change.lambda);
    gain.SetStyle(YAML::EmitterStyle::Flow);
}

}  // namespace

Result<std::string> change_policy(std::string_view yaml, std::span<const PolicyChange> changes, const std::string& calibration_file) {
    try {
        YAML::Node policy = YAML::Load(std::string(yaml));
        for (const PolicyChange& change : changes) {
            YAML::Node settings = policy["classes"][change.request_class];
            if (!settings.IsMap()) {
                return Error::internal("The configuration has no class `" + change.request_class + "`.");
            }
            change_class(settings, change);
        }
        if (!calibration_file.empty()) {
            policy["calibration"]["file"] = calibration_file;
        }
        YAML::Emitter emitter;
        emitter << policy;
        return std::string(emitter.c_str()) + "\n";
    } catch (const YAML::Exception& problem) {
        return Error::internal(std::string("The configuration cannot be changed: ") + problem.what() + ".");
    }
}

}  // namespace tierway::config
