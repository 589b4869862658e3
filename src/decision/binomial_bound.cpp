#include "decision/binomial_bound.hpp"

#include <boost/math/distributions/beta.hpp>

namespace tierway::decision {

double upper_binomial_bound(std::uint64_t errors, std::uint64_t trials, double certainty) noexcept {
    if (trials == 0 || errors >= trials) {
        return 1.0;
    }
    const boost::math::beta_distribution<double> beta(static_cast<double>(errors) + 1.0, static_cast<double>(trials - errors));
    return boost::math::quantile(beta, certainty);
}

}  // namespace tierway::decision
