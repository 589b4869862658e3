#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect {

/// The neutral form of a Chat Completions request.
inline Conversation conversation_of(const std::string& chat_body) {
    wire::JsonParser parser;
    const auto root = parser.parse(chat_body);
    EXPECT_TRUE(root) << chat_body;
    const auto request = read_chat_request(*root);
    EXPECT_TRUE(request) << (request ? "" : request.error().message());
    auto conversation = chat::read_conversation(*request);
    EXPECT_TRUE(conversation) << (conversation ? "" : conversation.error().message());
    return conversation ? *conversation : Conversation{};
}

/// Likewise, of one user's word and further members: `"n":2`.
inline Conversation small_conversation(const std::string& members = "") {
    return conversation_of(R"({"model":"m","messages":[{"role":"user","content":"Hi"}])" + (members.empty() ? "" : "," + members) + "}");
}

}  // namespace tierway::dialect
