#include "tierway/dialect/door_codec.hpp"

#include "document.hpp"

namespace tierway::dialect {
namespace {

TEST(DoorCodec, RefusesARequestThatChoosesWhereTheCallGoes) {
    for (const Dialect door : {Dialect::Responses, Dialect::Anthropic}) {
        const Document honest(R"({"model":"m","max_tokens":1,"input":"x","messages":[{"role":"user","content":"x"}]})");
        EXPECT_TRUE(read_door_request(door, honest.root()));
        for (const std::string name : {"api_base", "baseURL", "Extra-Headers"}) {
            SCOPED_TRACE(name);
            const Document document(R"({"model":"m","max_tokens":1,"input":"x","messages":[{"role":"user","content":"x"}],")" + name +
                                    R"(":"https://example.com"})");
            const Result<Conversation> read = read_door_request(door, document.root());
            ASSERT_FALSE(read);
            EXPECT_EQ(read.error().code(), "unsupported_parameter");
            EXPECT_EQ(read.error().param(), name);
        }
    }
}

}  // namespace
}  // namespace tierway::dialect
