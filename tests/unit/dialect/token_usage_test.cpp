#include "tierway/dialect/token_usage.hpp"

#include "document.hpp"

namespace tierway::dialect {
namespace {

std::optional<TokenUsage> usage_of(const std::string& text) {
    const Document document(text);
    return read_usage(document.root());
}

TokenUsage usage(std::int64_t prompt, std::int64_t completion, std::int64_t cached = 0, std::int64_t cache_write = 0,
                 std::int64_t reasoning = 0) {
    return {prompt, completion, cached, cache_write, reasoning};
}

TEST(ReadUsage, ReadsCountsOfKnownProviders) {
    const std::vector<std::tuple<std::string, std::string, TokenUsage>> cases = {
        {"plain", R"({"prompt_tokens":12,"completion_tokens":5,"total_tokens":17})", usage(12, 5)},
        {"OpenAI details",
         R"({"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,
             "prompt_tokens_details":{"cached_tokens":1920,"cache_write_tokens":64,"audio_tokens":0},
             "completion_tokens_details":{"reasoning_tokens":192,"accepted_prediction_tokens":0}})",
         usage(2006, 300, 1920, 64, 192)},
        {"null details",
         R"({"prompt_tokens":3,"completion_tokens":4,"prompt_tokens_details":null,"completion_tokens_details":null})",
         usage(3, 4)},
        {"DeepSeek cache",
         R"({"prompt_tokens":100,"completion_tokens":10,"total_tokens":110,"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36})",
         usage(100, 10, 64)},
        {"details win over DeepSeek's field",
         R"({"prompt_tokens":100,"completion_tokens":10,"prompt_cache_hit_tokens":64,"prompt_tokens_details":{"cached_tokens":32}})",
         usage(100, 10, 32)},
        {"xAI leaves reasoning out of completion",
         R"({"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}})",
         usage(32, 103, 0, 0, 94)},
        {"OpenRouter cost", R"({"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"cost":0.00012,"cost_details":{}})",
         usage(7, 2)},
        {"Groq times",
         R"({"queue_time":0.03,"prompt_tokens":24,"prompt_time":0.0006,"completion_tokens":377,"total_tokens":401})",
         usage(24, 377)},
        {"explicit zero stays zero", R"({"prompt_tokens":0,"completion_tokens":0,"total_tokens":0})", usage(0, 0)},
        {"completion from the total", R"({"prompt_tokens":8,"total_tokens":8})", usage(8, 0)},
        {"prompt from the total", R"({"completion_tokens":8,"total_tokens":20})", usage(12, 8)},
    };
    for (const auto& [name, text, expected] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(usage_of(text), expected);
    }
}

TEST(ReadUsage, ClampsPartsToTheirWhole) {
    EXPECT_EQ(usage_of(R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":11},
                           "completion_tokens_details":{"reasoning_tokens":6}})"),
              usage(10, 5, 10, 0, 5));
    EXPECT_EQ(usage_of(R"({"prompt_tokens":10,"completion_tokens":5,
                           "prompt_tokens_details":{"cached_tokens":7,"cache_write_tokens":7}})"),
              usage(10, 5, 7, 3));
}

TEST(ReadUsage, HasNoUseForBadCounts) {
    for (const std::string text :
         {"null", "{}", "[]", "7", R"({"prompt_tokens":1})", R"({"completion_tokens":1})", R"({"total_tokens":5})",
          R"({"prompt_tokens":-1,"completion_tokens":1})", R"({"prompt_tokens":1,"completion_tokens":-1})",
          R"({"prompt_tokens":1.5,"completion_tokens":1})", R"({"prompt_tokens":"1","completion_tokens":1})",
          R"({"prompt_tokens":1,"completion_tokens":1000000000001})",
          R"({"prompt_tokens":99999999999999999999,"completion_tokens":1})",
          R"({"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":-1}})",
          R"({"prompt_tokens":1,"completion_tokens":1,"completion_tokens_details":{"reasoning_tokens":"many"}})",
          R"({"prompt_tokens":9,"total_tokens":8})", R"({"prompt_tokens":null,"completion_tokens":null})"}) {
        SCOPED_TRACE(text);
        EXPECT_EQ(usage_of(text), std::nullopt);
    }
    EXPECT_EQ(read_usage(wire::JsonValue{}), std::nullopt);
}

}  // namespace
}  // namespace tierway::dialect
