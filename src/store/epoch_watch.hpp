#pragma once

#include <string>

#include "tierway/base/time.hpp"

namespace tierway::store {

/// How far a shared Redis server may be trusted. An epoch is the time in which it kept what it was told; with the next one every
/// replica states again what it remembers, and only when all had the time for that are its counters the truth. Pure: what is seen
/// and the time are arguments. Not thread-safe.
class EpochWatch {
public:
    enum class Phase : unsigned char {
        Away,        ///< It does not answer.
        Rebuilding,  ///< It answers, and its counters may lack what replicas have not stated yet.
        Serving,
    };

    /// \param rebuild how long all replicas may take to state what they remember.
    explicit EpochWatch(Milliseconds rebuild) : rebuild_(rebuild) {}

    /// It answers, and says who it is: at the beginning of a connection, and now and then.
    void seen(const std::string& identity);
    void lost();
    /// A script was refused because it named another epoch.
    void refused();
    /// It said which epoch this is, and how old.
    void entered(const std::string& identity, std::string epoch, Milliseconds age, SteadyTime now);
    /// Everything that this replica remembers was stated in that epoch.
    void stated(const std::string& epoch);

    [[nodiscard]] Phase phase(SteadyTime now) const noexcept;
    [[nodiscard]] const std::string& identity() const noexcept { return identity_; }
    /// Empty: not known yet.
    [[nodiscard]] const std::string& epoch() const noexcept { return epoch_; }
    [[nodiscard]] bool must_enter() const noexcept { return answers_ && entered_identity_ != identity_; }
    [[nodiscard]] bool must_state() const noexcept { return answers_ && !must_enter() && stated_ != epoch_; }
    /// Epochs after the first one: how often the server's counters were made anew.
    [[nodiscard]] unsigned rebuilds() const noexcept { return rebuilds_; }

private:
    Milliseconds rebuild_;
    bool answers_ = false;
    std::string identity_;
    std::string entered_identity_;  ///< Empty: the epoch must be asked for.
    std::string epoch_;
    std::string stated_;
    SteadyTime trusted_from_{};
    unsigned rebuilds_ = 0;
};

}  // namespace tierway::store
