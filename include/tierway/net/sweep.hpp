#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>

#include "tierway/base/time.hpp"
#include "tierway/net/task.hpp"

namespace tierway::net {

/// Something with deadlines that is looked at regularly. It links itself into the sweep while it lives, costs no timer of its
/// own, and is unlinked by its destructor. Lives on the sweep's worker.
class Swept : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    Swept() = default;
    Swept(const Swept&) = delete;
    Swept& operator=(const Swept&) = delete;
    virtual ~Swept() = default;

    /// Called about every `Sweep::kPeriod`. May cancel operations; must not suspend, nor destroy a `Swept` that is linked.
    virtual void on_sweep(SteadyTime now) = 0;
};

/// One timer for all deadlines of a worker: arming a timer twice per request costs more than everything else the gateway does
/// with it (PERFORMANCE.md, decision 1). Deadlines are therefore kept to within one period.
class Sweep {
public:
    static constexpr Milliseconds kPeriod{50};

    explicit Sweep(boost::asio::io_context& context);

    void add(Swept& swept) noexcept { list_.push_back(swept); }
    void start();
    void stop();

private:
    void arm();

    Timer timer_;
    boost::intrusive::list<Swept, boost::intrusive::constant_time_size<false>> list_;
    bool stopped_ = false;
};

}  // namespace tierway::net
