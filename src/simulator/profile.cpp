#include "tierway/simulator/profile.hpp"

namespace tierway::simulator {
namespace {

ModelProfile small() {
    ModelProfile profile;
    profile.name = "sim-small";
    profile.skill = {
        {"extraction", 0.95},      {"classification", 0.95}, {"rewriting", 0.95}, {"summarization", 0.90}, {"chat", 0.92},
        {"open_qa", 0.72},         {"code", 0.60},           {"math", 0.55},      {"reasoning", 0.45},     {"tool_use", 0.80},
        {"creative_writing", 0.75}};
    profile.default_skill = 0.70;
    profile.first_token_delay = Milliseconds(20);
    profile.tokens_per_second = 400;
    return profile;
}

ModelProfile mid() {
    ModelProfile profile;
    profile.name = "sim-mid";
    profile.skill = {
        {"extraction", 0.97},      {"classification", 0.97}, {"rewriting", 0.97}, {"summarization", 0.95}, {"chat", 0.96},
        {"open_qa", 0.86},         {"code", 0.82},           {"math", 0.82},      {"reasoning", 0.75},     {"tool_use", 0.92},
        {"creative_writing", 0.88}};
    profile.default_skill = 0.87;
    profile.first_token_delay = Milliseconds(40);
    profile.tokens_per_second = 250;
    return profile;
}

ModelProfile frontier() {
    ModelProfile profile;
    profile.name = "sim-frontier";
    profile.skill = {{"extraction", 0.99}, {"classification", 0.99}, {"code", 0.97}, {"math", 0.98}, {"reasoning", 0.97}};
    profile.default_skill = 0.98;
    profile.first_token_delay = Milliseconds(80);
    profile.tokens_per_second = 120;
    return profile;
}

}  // namespace

const std::vector<ModelProfile>& demo_profiles() {
    static const std::vector<ModelProfile> profiles{small(), mid(), frontier()};
    return profiles;
}

}  // namespace tierway::simulator
