#include "tierway/dialect/asked_model.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::dialect {
namespace {

std::string asked(std::string_view content_type, std::string_view body) {
    AskedModel model(content_type);
    for (const char byte : body) {
        model.feed(std::string_view(&byte, 1));
    }
    return model.finish();
}

TEST(AskedModel, IsReadFromJson) {
    EXPECT_EQ(asked("application/json; charset=utf-8", R"({"input":"x","model":"gpt-image-1"})"), "gpt-image-1");
}

TEST(AskedModel, IsReadFromAForm) {
    EXPECT_EQ(asked("multipart/form-data; boundary=B",
                    "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--B--\r\n"),
              "whisper-1");
}

TEST(AskedModel, OfNothingIsEmpty) {
    EXPECT_EQ(asked("application/json", "{"), "");
    EXPECT_EQ(asked("application/json", R"({"model":7})"), "");
    EXPECT_EQ(asked("audio/wav", R"({"model":"x"})"), "");
    EXPECT_EQ(asked("", ""), "");
}

TEST(AskedModel, OfAHugeJsonBodyIsNotLookedFor) {
    AskedModel model("application/json");
    model.feed(R"({"model":"x","input":")");
    model.feed(std::string(AskedModel::kJsonBytesMax, 'a'));
    model.feed("\"}");
    EXPECT_EQ(model.finish(), "");
}

}  // namespace
}  // namespace tierway::dialect
