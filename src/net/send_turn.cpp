#include "net/send_turn.hpp"

#include <boost/asio/post.hpp>

namespace tierway::net {

// Posted work runs behind everything that the loop has already taken up.
void SendTurn::announce() {
    boost::asio::post(context_, [this] { send_all(); });
}

void SendTurn::send_all() {
    // Whoever is resumed below may queue again, for the next turn.
    sending_.swap(queued_);
    for (Queued& queued : sending_) {
        queued.ended = queued.write->send_now(*queued.socket, *queued.error);
    }
    for (Queued& queued : sending_) {
        std::move(queued.resume)(queued.ended);
    }
    sending_.clear();
}

}  // namespace tierway::net
