#include "net/arrivals.hpp"

#include <sys/socket.h>

#include <boost/asio/detail/epoll_reactor.hpp>
#include <boost/asio/detail/reactor_op.hpp>
#include <boost/asio/error.hpp>
#include <boost/version.hpp>
#include <cerrno>

// What follows knows how Asio's reactor treats an operation. Read `epoll_reactor::start_op`, `perform_io` and `reactor_op` of another
// version before adding it here: 1.81 is Debian 12's, 1.88 Debian 13's newest.
static_assert(BOOST_VERSION == 108100 || BOOST_VERSION == 108800, "Arrivals is written for the reactors of Boost 1.81 and 1.88");

namespace tierway::net {
namespace {

using boost::asio::detail::epoll_reactor;
using boost::asio::detail::reactor_op;
using boost::asio::detail::scheduler_operation;

/// Gives access to a socket's place in the reactor, which its base class protects.
struct ReactorAccess : Socket {
    static epoll_reactor::per_descriptor_data& of(Socket& socket) {
        return (socket.*&ReactorAccess::impl_).get_implementation().reactor_data_;
    }
};

}  // namespace

/// The read operation that stands in the reactor's queue all the time. The reactor performs it at each event: it then notes the
/// event and stays, or, if somebody waits, counts as done, which makes the reactor complete it outside its locks. It outlives the
/// `Arrivals` if the reactor still holds it then.
class Arrivals::Event final : public reactor_op {
public:
    explicit Event(Arrivals& owner) : reactor_op({}, &Event::do_perform, &Event::do_complete), owner_(&owner) {}

    /// Puts itself into the queue, and nothing more: the reactor asks a new operation at once whether it is done.
    void stand() {
        ec_ = {};
        standing_ = starting_ = true;
        owner_->reactor_.start_op(epoll_reactor::read_op, owner_->socket_.native_handle(), ReactorAccess::of(owner_->socket_), this,
                                  true, true);
        starting_ = false;
    }
    [[nodiscard]] bool standing() const noexcept { return standing_; }
    void disown() noexcept {
        owner_ = nullptr;
        if (!standing_) {
            delete this;
        }
    }

private:
    static status do_perform(reactor_op* base) {
        auto& event = *static_cast<Event*>(base);
        if (event.starting_) {
            return not_done;
        }
        if (event.owner_ == nullptr) {
            return not_done;
        }
        event.owner_->expected_ = true;
        return event.owner_->waiting_ || event.owner_->notify_ ? done : not_done;
    }

    static void do_complete(void* scheduler, scheduler_operation* base, const boost::system::error_code&, std::size_t) {
        auto& event = *static_cast<Event*>(base);
        event.standing_ = false;
        Arrivals* const owner = event.owner_;
        if (owner == nullptr) {
            delete &event;
        } else if (scheduler == nullptr) {
            // The loop is being destroyed, and with it whoever waits.
            const auto forgotten = std::exchange(owner->waiting_, std::nullopt);
        } else {
            owner->arrived(!event.ec_);
        }
    }

    Arrivals* owner_;
    bool standing_ = false;
    bool starting_ = false;
};

// The reactor is looked up here: each look-up takes the lock of the context's services.
Arrivals::Arrivals(Socket& socket, boost::asio::io_context& context)
    : socket_(socket), reactor_(boost::asio::use_service<epoll_reactor>(context)) {}

Arrivals::~Arrivals() {
    if (event_ != nullptr) {
        event_->disown();
    }
}

void Arrivals::watch() {
    event_ = new Event(*this);
    event_->stand();
}

void Arrivals::arrived(bool heard) {
    if (socket_.is_open()) {
        // Events that came while it did not stand were not heard.
        expected_ = expected_ || !heard;
        event_->stand();
    }
    if (waiting_) {
        looked_ = false;
        Handler resume = *std::exchange(waiting_, std::nullopt);
        std::move(resume)();
    } else if (heard && notify_) {
        const auto call = std::exchange(notify_, nullptr);
        call();
    }
}

std::optional<std::size_t> Arrivals::read_now(char* space, std::size_t size, boost::system::error_code& error) {
    error.clear();
    while (expected_) {
        const ssize_t got = ::recv(socket_.native_handle(), space, size, MSG_DONTWAIT);
        if (got > 0) {
            // Less than asked for was all there was (epoll(7), question 9).
            expected_ = static_cast<std::size_t>(got) == size;
            return static_cast<std::size_t>(got);
        }
        if (got == 0) {
            error = boost::asio::error::eof;
            return 0;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            expected_ = false;
        } else if (errno != EINTR) {
            error.assign(errno, boost::system::system_category());
            return 0;
        }
    }
    return std::nullopt;
}

void Arrivals::look_again() {
    if (!waiting_ || std::exchange(looked_, true)) {
        return;
    }
    char byte = 0;
    const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
        expected_ = true;
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }
}

}  // namespace tierway::net
