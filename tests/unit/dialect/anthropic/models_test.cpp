#include "tierway/dialect/anthropic_models.hpp"

#include "dialect/anthropic/talk.hpp"

namespace tierway::dialect::anthropic {
namespace {

TEST(AnthropicModels, AreListedOnOnePage) {
    const std::vector<ListedModel> models = {{"auto", "Automatic"}, {"tier:small", ""}};
    EXPECT_EQ(Json::parse(model_list(models)), Json::parse(R"({"data":[
        {"type":"model","id":"auto","display_name":"Automatic","created_at":"1970-01-01T00:00:00Z"},
        {"type":"model","id":"tier:small","display_name":"tier:small","created_at":"1970-01-01T00:00:00Z"}],
        "has_more":false,"first_id":"auto","last_id":"tier:small"})"));
    EXPECT_EQ(Json::parse(model_list({})), Json::parse(R"({"data":[],"has_more":false,"first_id":null,"last_id":null})"));
    EXPECT_EQ(Json::parse(model_object(models[0])), Json::parse(model_list(models))["data"][0]);
}

}  // namespace
}  // namespace tierway::dialect::anthropic
