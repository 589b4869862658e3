#pragma once

#include "net/message_parser.hpp"

namespace tierway::net {

class ResponseParser final : public MessageParser<false> {};

}  // namespace tierway::net
