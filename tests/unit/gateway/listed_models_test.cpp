#include "gateway/listed_models.hpp"

#include <gtest/gtest.h>

#include "policy/three_tiers.hpp"

namespace tierway::gateway {
namespace {

using namespace policy::testing;
using Ids = std::vector<std::string>;

Ids listed_for(const policy::Principal& principal) {
    // The owners are views of the snapshot.
    const config::Snapshot snapshot = three_tiers();
    Ids ids;
    for (const ListedModel& listed : listed_models(snapshot, principal)) {
        ids.push_back(listed.id);
    }
    return ids;
}

TEST(ListedModels, WithoutLimitsAreAllThatAreOnATier) {
    EXPECT_EQ(listed_for({}), (Ids{"auto", "tier:small", "tier:mid", "tier:frontier", "auto", "best", "cheap", "gpt-4o",
                                   "onprem/tiny", "cloud/mini", "onprem/medium", "cloud/large", "cloud/huge"}));
}

TEST(ListedModels, EndAtTheKeysCeiling) {
    policy::Principal principal;
    principal.max_tier = kSmall;
    EXPECT_EQ(listed_for(principal), (Ids{"auto", "tier:small", "cheap", "gpt-4o", "onprem/tiny", "cloud/mini"}));
}

TEST(ListedModels, AreInsideForAKeyThatStaysThere) {
    policy::Principal principal;
    principal.stay_inside = true;
    EXPECT_EQ(listed_for(principal), (Ids{"auto", "tier:small", "tier:mid", "cheap", "gpt-4o", "onprem/tiny", "onprem/medium"}));
}

TEST(ListedModels, AreThoseThatTheKeyMayUse) {
    policy::Principal principal;
    principal.models = {false, false, false, true, false, true};
    EXPECT_EQ(listed_for(principal), (Ids{"auto", "tier:frontier", "auto", "best", "gpt-4o", "cloud/large"}));
}

}  // namespace
}  // namespace tierway::gateway
