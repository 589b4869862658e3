#include "tierway/policy/capability.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "policy/three_tiers.hpp"

namespace tierway::policy {
namespace {

using namespace testing;
using config::Support;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

Needs everything() {
    Needs needs;
    needs.vision = needs.audio = needs.tools = needs.json_schema = needs.several_choices = true;
    return needs;
}

Needs tokens(std::int64_t prompt, std::int64_t output) {
    Needs needs;
    needs.prompt_tokens = prompt;
    needs.output_tokens_max = output;
    return needs;
}

TEST(MissingCapability, IsFirstOfAllTheKindOfModel) {
    const config::Snapshot snapshot = three_tiers();
    config::Model model = snapshot.models.front();
    Needs embeddings;
    embeddings.kind = config::ModelKind::Embedding;
    EXPECT_EQ(missing_capability(snapshot, model, embeddings), "embeddings");
    model.kind = config::ModelKind::Embedding;
    EXPECT_EQ(missing_capability(snapshot, model, embeddings), std::nullopt);
    EXPECT_EQ(missing_capability(snapshot, model, everything()), "chat");
}

TEST(MissingCapability, NamesTheFirstThingLacking) {
    struct Case {
        const char* name;
        std::function<void(config::Model&)> change;
        Needs needs;
        std::optional<std::string_view> missing;
    };
    const auto limits = [](std::int64_t context, std::int64_t output) {
        return [=](config::Model& model) {
            model.context_tokens = context;
            model.output_tokens_max = output;
        };
    };
    const auto nothing = [](config::Model&) {};
    Needs inside;
    inside.stay_inside = true;
    Needs flex;
    flex.service = config::ServiceTier::Flex;
    Needs unknown_lane;
    unknown_lane.service = config::ServiceTier::Other;
    for (const Case& c : {
             Case{"can do it all", nothing, everything(), {}},
             Case{"no images", [](config::Model& m) { m.capabilities.vision = Support::No; }, everything(), "image input"},
             Case{"no audio", [](config::Model& m) { m.capabilities.audio = Support::No; }, everything(), "audio input"},
             Case{"no tools", [](config::Model& m) { m.capabilities.tools = Support::No; }, everything(), "tools"},
             Case{"no schema", [](config::Model& m) { m.capabilities.json_schema = Support::No; }, everything(), "json_schema"},
             Case{"no second choice", [](config::Model& m) { m.capabilities.several_choices = false; }, everything(),
                  "several choices"},
             Case{"what is not needed is not missed",
                  [](config::Model& m) {
                      config::Capabilities& can = m.capabilities;
                      can.vision = can.audio = can.tools = can.json_schema = Support::No;
                  },
                  Needs{},
                  {}},
             Case{"what is unknown is let through",
                  [](config::Model& m) {
                      config::Capabilities& can = m.capabilities;
                      can.vision = can.audio = can.tools = can.json_schema = Support::Unknown;
                  },
                  everything(),
                  {}},
             Case{"the first of several", [](config::Model& m) { m.capabilities.tools = m.capabilities.audio = Support::No; },
                  everything(), "audio input"},
             Case{"prompt fills the window", limits(1'000, 0), tokens(1'000, 0), {}},
             Case{"prompt exceeds the window", limits(1'000, 0), tokens(1'001, 0), "context window"},
             Case{"prompt and output fill the window", limits(1'000, 0), tokens(900, 100), {}},
             Case{"prompt and output exceed the window", limits(1'000, 0), tokens(900, 101), "context window"},
             Case{"counts that would overflow a sum", limits(1'000, 0), tokens(1'000, kMax), "context window"},
             Case{"a window that is not known", limits(0, 0), tokens(kMax, kMax), {}},
             Case{"output at the model's bound", limits(0, 100), tokens(5, 100), {}},
             Case{"output beyond the model's bound", limits(0, 100), tokens(5, 101), "output tokens"},
             Case{"output not stated", limits(0, 100), tokens(5, 0), {}},
             Case{"outside the boundary", nothing, inside, "inside boundary"},
             Case{"a lane without a price", nothing, flex, "a price of the service tier"},
             Case{"a lane with a price", [](config::Model& m) { m.price.flex_permille = 500; }, flex, {}},
             Case{"a lane that nobody knows", [](config::Model& m) { m.price.flex_permille = 500; }, unknown_lane,
                  "a price of the service tier"},
             Case{"inside the boundary", [](config::Model& m) { m.provider = config::ProviderId{0}; }, inside, {}},
         }) {
        SCOPED_TRACE(c.name);
        const config::Snapshot snapshot = three_tiers();
        config::Model model = snapshot.model(kLarge);
        c.change(model);
        EXPECT_EQ(missing_capability(snapshot, model, c.needs), c.missing);
    }
}

}  // namespace
}  // namespace tierway::policy
