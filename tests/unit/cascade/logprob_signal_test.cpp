#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "tierway/cascade/signals.hpp"

namespace tierway::cascade {
namespace {

std::optional<Signal> signal_of(std::vector<float> logprobs) {
    dialect::AnswerChoice choice;
    choice.content = "x";
    choice.token_logprobs = std::move(logprobs);
    return logprob_signal(choice);
}

double score_of(std::vector<float> logprobs) {
    return signal_of(std::move(logprobs))->score;
}

std::vector<float> tokens(std::size_t count, double probability) {
    return std::vector<float>(count, static_cast<float>(std::log(probability)));
}

TEST(Logprob, IsAbsentWithoutLogprobs) {
    EXPECT_EQ(signal_of({}), std::nullopt);
}

TEST(Logprob, DemandsMoreNinesOfALabelThanOfProse) {
    struct Row {
        std::string_view name;
        std::vector<float> logprobs;
        double least;
        double most;
    };
    const std::vector<Row> rows = {
        {"a certain label", tokens(1, 0.99999), 0.95, 1.0},
        {"a label with three nines", tokens(1, 0.999), 0.70, 0.80},
        {"a label that looks good and is not", tokens(1, 0.95), 0.25, 0.40},
        {"a coin flip", tokens(1, 0.5), 0.0, 0.10},
        {"confident prose", tokens(300, 0.97), 1.0, 1.0},
        {"ordinary prose", tokens(300, 0.85), 0.6, 0.9},
        {"doubtful prose", tokens(300, 0.5), 0.1, 0.35},
        {"exactly one", {0.0F}, 1.0, 1.0},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const double score = score_of(row.logprobs);
        EXPECT_GE(score, row.least);
        EXPECT_LE(score, row.most);
    }
}

TEST(Logprob, TheWeakestWindowLowersTheScore) {
    const std::vector<float> even = tokens(300, 0.93);
    std::vector<float> with_dip = even;
    for (std::size_t i = 150; i < 158; ++i) {
        with_dip[i] = static_cast<float>(std::log(0.1));
    }
    EXPECT_LT(score_of(with_dip), 0.6 * score_of(even));
    // The same tokens apart from each other are choices of wording, not one place of doubt.
    std::vector<float> scattered = even;
    for (std::size_t i = 0; i < 8; ++i) {
        scattered[i * 35] = static_cast<float>(std::log(0.1));
    }
    EXPECT_GT(score_of(scattered), score_of(with_dip));
}

TEST(Logprob, RisesWithEveryTokensProbability) {
    double previous = -1.0;
    for (const double probability : {0.05, 0.3, 0.6, 0.8, 0.9, 0.95}) {
        const double score = score_of(tokens(40, probability));
        EXPECT_GT(score, previous);
        previous = score;
    }
}

TEST(Logprob, ClampsWhatProvidersInvent) {
    std::vector<float> with_placeholder = tokens(200, 0.97);
    with_placeholder[7] = -9999.0F;
    EXPECT_GT(score_of(with_placeholder), 0.2);
    for (const float odd : {-9999.0F, 5.0F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()}) {
        for (const std::size_t count : {1U, 7U, 8U, 9U, 20'000U}) {
            const double score = score_of(std::vector<float>(count, odd));
            EXPECT_GE(score, 0.0);
            EXPECT_LE(score, 1.0);
        }
    }
    EXPECT_EQ(score_of({std::numeric_limits<float>::quiet_NaN()}), score_of({-9999.0F}));
}

TEST(Logprob, SaysWhatItMeasured) {
    EXPECT_EQ(signal_of({static_cast<float>(std::log(0.5))})->reason, "token probability: mean 0.500, weakest window 0.500");
}

}  // namespace
}  // namespace tierway::cascade
