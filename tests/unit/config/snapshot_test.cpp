#include "tierway/config/snapshot.hpp"

#include <gtest/gtest.h>

namespace tierway::config {
namespace {

Snapshot three_tiers() {
    Snapshot snapshot;
    for (const char* name : {"p/a", "p/b", "p/c", "p/unused"}) {
        Model model;
        model.name = name;
        snapshot.models.push_back(model);
    }
    snapshot.tiers = {{"small", {ModelId{0}, ModelId{1}}}, {"mid", {ModelId{1}}}, {"frontier", {ModelId{2}}}};
    RequestClass chat;
    chat.name = "chat";
    snapshot.classes.push_back(chat);
    return snapshot;
}

TEST(Snapshot, FindsByExactName) {
    const Snapshot snapshot = three_tiers();
    EXPECT_EQ(snapshot.find_model("p/b"), ModelId{1});
    EXPECT_EQ(snapshot.find_tier("frontier"), TierId{2});
    EXPECT_EQ(snapshot.find_class("chat"), ClassId{0});
    EXPECT_FALSE(snapshot.find_model("p/B").has_value());
    EXPECT_FALSE(snapshot.find_tier("").has_value());
    EXPECT_FALSE(snapshot.find_class("chat ").has_value());
}

TEST(Snapshot, AModelOnTwoTiersBelongsToTheLower) {
    const Snapshot snapshot = three_tiers();
    EXPECT_EQ(snapshot.lowest_tier_of(ModelId{1}), TierId{0});
    EXPECT_EQ(snapshot.lowest_tier_of(ModelId{2}), TierId{2});
    EXPECT_FALSE(snapshot.lowest_tier_of(ModelId{3}).has_value());
}

TEST(Snapshot, OtherMachinesAreListenedToWithKeysOrWhenItSaysSo) {
    Snapshot snapshot = three_tiers();
    const Endpoint loopback{"::1", 8080};
    const Endpoint open{"0.0.0.0", 8080};
    EXPECT_TRUE(snapshot.may_listen_at(loopback));
    EXPECT_FALSE(snapshot.may_listen_at(open));
    snapshot.server.anyone_without_keys = true;
    EXPECT_TRUE(snapshot.may_listen_at(open));
    snapshot.server.anyone_without_keys = false;
    snapshot.keys.emplace_back();
    EXPECT_TRUE(snapshot.may_listen_at(open));
}

TEST(Snapshot, TheFrontierIsTheLastTier) {
    EXPECT_EQ(three_tiers().frontier(), TierId{2});
}

}  // namespace
}  // namespace tierway::config
