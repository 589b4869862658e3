#include "tierway/dialect/converse.hpp"
namespace tierway::dialect {
#define STUB(ns) namespace ns { std::string path(std::string_view, bool) { return "/x"; } Result<std::string> write_request(const Conversation&, const ModelRules&, Omissions&) { return Error::internal("stub"); } Result<Reply> read_reply(const wire::JsonValue&, std::string_view) { return Error::internal("stub"); } Result<void> StreamReader::read(std::string_view, const wire::JsonValue&, std::string_view, std::vector<ReplyEvent>&) { return Error::internal("stub"); } }
STUB(converse)
}
