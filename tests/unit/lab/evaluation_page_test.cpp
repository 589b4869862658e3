#include <gtest/gtest.h>

#include <cmath>

#include "lab/page/evaluation_plots.hpp"
#include "lab/page/figure_text.hpp"
#include "lab/page/plot.hpp"
#include "lab/recorded.hpp"
#include "tierway/lab/evaluation_run.hpp"

namespace tierway::lab {
namespace {

using test::outcome;

EvaluationRun run_of(const std::vector<Outcome>& outcomes) {
    const DecisionCore core = test::core_of();
    const Replay replay = replay_all(core, outcomes);
    EvaluationRun run;
    run.snapshot = core.snapshot;
    run.set = evaluate(*core.snapshot, replay.rows, {}, 1);
    run.rows_read = outcomes.size();
    run.passed_over = reasons_of(replay.passed_over);
    return run;
}

std::vector<Outcome> rows() {
    return {outcome("1", "1+1?", true, true), outcome("2", "1+2?", false, true, test::kBadDraft), outcome("3", "A poem", false, true),
            outcome("4", "1+4?", false, true)};
}

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

TEST(EvaluationPage, NeedsNoOtherFileAndRunsNothing) {
    const std::string page = evaluation_page(run_of(rows()));
    EXPECT_TRUE(page.starts_with("<!doctype html>"));
    for (const char* part : {"http:", "https:", "<script", "src=", "href=", "url(", "@import", "onload"}) {
        EXPECT_EQ(page.find(part), std::string::npos) << part;
    }
    EXPECT_EQ(count_of(page, "<svg"), 2U);
    EXPECT_NE(page.find("prefers-color-scheme: dark"), std::string::npos);
    EXPECT_NE(page.find("name=\"viewport\""), std::string::npos);
}

TEST(EvaluationPage, EscapesEveryNameAndMessage) {
    EvaluationRun run = run_of(rows());
    run.files = {"<script>alert(1)</script>.jsonl"};
    run.passed_over = {{"code", "<img src=x onerror=\"alert(2)\"> & 'more'", 3}};
    const std::string page = evaluation_page(run);
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_EQ(page.find("<img"), std::string::npos);
    EXPECT_NE(page.find("&lt;img src=x onerror=&quot;alert(2)&quot;&gt; &amp; &#39;more&#39;"), std::string::npos);
}

TEST(EvaluationPage, SaysWhatTheIntervalMeans) {
    EvaluationRun run = run_of(rows());
    run.set.overall.policy.quality_difference_interval = Interval{-0.05, -0.01};
    EXPECT_NE(evaluation_page(run).find("measurably worse"), std::string::npos);
    run.set.overall.policy.quality_difference_interval = Interval{-0.01, 0.0};
    EXPECT_NE(evaluation_page(run).find("No difference to the frontier can be measured"), std::string::npos);
    run.set.overall.policy.quality_difference_interval = Interval{0.01, 0.02};
    EXPECT_NE(evaluation_page(run).find("measurably better"), std::string::npos);
}

TEST(EvaluationPage, NamesTheClassesThatMissTheirBar) {
    const std::string page = evaluation_page(run_of(rows()));
    EXPECT_NE(page.find("the quality bar of sums"), std::string::npos) << "two of three drafts are right at most, the frontier always";
}

TEST(EvaluationPage, OfNoRowsIsStillAPage) {
    EvaluationRun run = run_of({});
    const std::string page = evaluation_page(run);
    EXPECT_TRUE(page.ends_with("</html>\n"));
    EXPECT_EQ(page.find("nan"), std::string::npos);
}

TEST(ReliabilityFigure, ShowsBothConfidencesOnlyWhereTheyDiffer) {
    Evaluation evaluation = run_of(rows()).set.overall;
    EXPECT_EQ(reliability_figure(evaluation).find("before calibration"), std::string::npos);
    evaluation.uncalibrated = evaluation.reliability;
    evaluation.uncalibrated_ece = 0.25;
    const std::string both = reliability_figure(evaluation);
    EXPECT_NE(both.find("before calibration, error 0.250"), std::string::npos);
    EXPECT_NE(both.find("after calibration"), std::string::npos);
    evaluation.reliability = {};
    EXPECT_EQ(reliability_figure(evaluation), "") << "nothing was judged";
}

TEST(Plot, PutsTheCornersOfItsRangeIntoTheCornersOfTheDrawing) {
    Plot plot("t", {10, 20}, {0, 1});
    plot.line({{10, 0}, {20, 1}}, "curve");
    EXPECT_NE(plot.svg().find("points=\"52.0,286.0 426.0,26.0 \""), std::string::npos) << plot.svg();
}

TEST(RoundValues, AreStepsOfOneTwoOrFive) {
    EXPECT_EQ(round_values({0, 100}, 5), (std::vector<double>{0, 20, 40, 60, 80, 100}));
    const auto shares = round_values({0.681, 0.929}, 5);
    ASSERT_EQ(shares.size(), 5U);
    EXPECT_NEAR(shares.front(), 0.70, 1e-12);
    EXPECT_NEAR(shares.back(), 0.90, 1e-12);
    EXPECT_EQ(round_values({3, 3}, 5).size(), 1U) << "a range without width has one value";
}

TEST(FigureText, ShowsSignsAndDashes) {
    EXPECT_EQ(points(0.0123), "+1.23");
    EXPECT_EQ(points(-0.5), "-50.00");
    EXPECT_EQ(or_dash(std::nullopt, 2), "-");
    EXPECT_EQ(or_dash(0.5, 1, 100), "50.0");
}

}  // namespace
}  // namespace tierway::lab
