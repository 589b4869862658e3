#include "config/configuration_text.hpp"

namespace tierway::config::test {
namespace {

constexpr std::string_view kCode = "{tier: mid}";
constexpr std::string_view kPrice = "{price: {input: 0.05, output: 0.1}}";
constexpr std::string_view kInside = "boundary: inside}";

TEST(LoadTimeouts, ReportsMistakesAtTheirPlace) {
    expect_problems(std::to_array<Mistake>({
        {"unknown key of a class", kCode, "{tier: mid, timeouts: {^first_token: 5s}}",
         "`classes.code.timeouts` has no key `first_token`"},
        {"misspelt key of a class", kCode, "{tier: mid, timeouts: {^totl_whole: 5s}}", "Did you mean `total_whole`?"},
        {"class timeouts that are a value", kCode, "{tier: mid, timeouts: ^5s}", "`classes.code.timeouts` must be a mapping"},
        {"class timeout without unit", kCode, "{tier: mid, timeouts: {idle: ^5}}",
         "`classes.code.timeouts.idle` must be a duration"},
        {"class timeout too long", kCode, "{tier: mid, timeouts: {first_content: ^61m}}", "must be from 1ms to 1h"},
        {"class timeouts without value", kCode, "{tier: mid, ^timeouts: }", "`classes.code.timeouts` has no value"},
        {"unknown key of a model", kPrice, "{timeouts: {^conect: 5s}, price: {input: 0.05, output: 0.1}}",
         "`models.onprem/qwen.timeouts` has no key `conect`. Did you mean `connect`?"},
        {"model timeouts that are a list", kPrice, "{timeouts: ^[], price: {input: 0.05, output: 0.1}}",
         "`models.onprem/qwen.timeouts` must be a mapping"},
        {"model timeout of zero", kPrice, "{timeouts: {connect: ^0s}, price: {input: 0.05, output: 0.1}}",
         "must be from 1ms to 10m"},
    }));
}

/// The valid text with timeouts at each of the three levels.
std::string with_timeouts(std::string_view provider, std::string_view model, std::string_view request_class) {
    std::string text = changed(kInside, "boundary: inside, timeouts: {" + std::string(provider) + "}}");
    const auto put = [&text](std::string_view from, const std::string& to) { text.replace(text.find(from), from.size(), to); };
    put(kPrice, "{timeouts: {" + std::string(model) + "}, price: {input: 0.05, output: 0.1}}");
    put("code: {tier: mid}", "code: {tier: small, timeouts: {" + std::string(request_class) + "}}");
    return text;
}

TEST(LoadTimeouts, TheClassComesBeforeTheModelBeforeTheProviderBeforeTheDefaultForEachKeyAlone) {
    const std::string all = "connect: 1s, headers: 1s, first_content: 1s, idle: 1s, total_stream: 1s, total_whole: 1s";
    const LoadResult result = load_yaml(with_timeouts("connect: 10ms, headers: 20ms, first_content: 30ms, idle: 40ms",
                                                      "headers: 21ms, first_content: 31ms, total_stream: 51ms",
                                                      "first_content: 32ms, total_whole: 62ms"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Snapshot& snapshot = *result.snapshot;
    const ModelId qwen = snapshot.find_model("onprem/qwen").value();
    const Timeouts& code = snapshot.timeouts(qwen, snapshot.find_class("code").value());
    EXPECT_EQ(code.connect, Milliseconds(10)) << "the provider's";
    EXPECT_EQ(code.headers, Milliseconds(21)) << "the model's";
    EXPECT_EQ(code.first_content, Milliseconds(32)) << "the class's";
    EXPECT_EQ(code.idle, Milliseconds(40)) << "the provider's";
    EXPECT_EQ(code.total_stream, Milliseconds(51)) << "the model's";
    EXPECT_EQ(code.total_whole, Milliseconds(62)) << "the class's";
    const Timeouts& chat = snapshot.timeouts(qwen, snapshot.find_class("chat").value());
    EXPECT_EQ(chat.first_content, Milliseconds(31)) << "another class is not touched";
    EXPECT_EQ(chat.total_whole, Timeouts().total_whole) << "the default";
    const Timeouts& other = snapshot.timeouts(snapshot.find_model("openai/gpt-5").value(), snapshot.find_class("code").value());
    EXPECT_EQ(other.connect, Timeouts().connect) << "another provider's model is not touched";
    EXPECT_EQ(other.headers, Timeouts().headers);
    EXPECT_EQ(other.first_content, Milliseconds(32)) << "the class holds for every model";
    const LoadResult every = load_yaml(with_timeouts("idle: 9s", "idle: 8s", all));
    ASSERT_NE(every.snapshot, nullptr) << report_of(every.problems);
    const Milliseconds one{1'000};
    EXPECT_EQ(every.snapshot->timeouts(qwen, every.snapshot->find_class("code").value()),
              (Timeouts{one, one, one, one, one, one}));
}

TEST(LoadTimeouts, TheTableSaysWhatThePureFunctionSays) {
    const LoadResult result = load_yaml(with_timeouts("connect: 10ms", "headers: 21ms", "first_content: 32ms"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    const Snapshot& snapshot = *result.snapshot;
    for (std::size_t model = 0; model < snapshot.models.size(); ++model) {
        for (std::size_t request_class = 0; request_class < snapshot.classes.size(); ++request_class) {
            EXPECT_EQ(snapshot.timeouts(ModelId(model), ClassId(request_class)),
                      effective_timeouts(snapshot, ModelId(model), ClassId(request_class)));
        }
    }
}

TEST(LoadTimeouts, ClassesThatStateTheSameShareARow) {
    const LoadResult result = load_yaml(changed(
        "  code: {tier: mid}", "  code: {tier: mid, timeouts: {idle: 1s}}\n  math: {tier: mid, timeouts: {idle: 1000ms}}"));
    ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
    EXPECT_EQ(result.snapshot->timeout_table.rows.size(), 2U);
}

/// The valid text with so many classes more, each with timeouts of its own.
std::string with_different_timeouts(std::size_t classes) {
    std::string more = "  code: {tier: mid}";
    for (std::size_t i = 1; i <= classes; ++i) {
        const std::string number = std::to_string(i);
        more += "\n  c" + number + ": {tier: mid, timeouts: {idle: " + number + "s}}";
    }
    return changed("  code: {tier: mid}", more);
}

TEST(LoadTimeouts, ClassesMayNotStateTimeoutsInTooManyWays) {
    EXPECT_NE(load_yaml(with_different_timeouts(63)).snapshot, nullptr);
    const LoadResult result = load_yaml(with_different_timeouts(64));
    EXPECT_EQ(result.snapshot, nullptr);
    ASSERT_EQ(result.problems.size(), 1U) << report_of(result.problems);
    EXPECT_EQ(result.problems.front().to_string(),
              "t.yaml:80:30: `classes.c64.timeouts` is one set of limits too many: all classes together may state at most 63 "
              "different ones.");
}

TEST(LoadTimeouts, AReasoningClassOfTheExampleWaitsLongerForItsFirstContent) {
    const auto environment = environment_of({{"OPENAI_API_KEY", "sk-test"}, {"SIMULATOR_URL", "http://127.0.0.1:1/v1"}});
    for (const std::string file : {"example", "demo"}) {
        SCOPED_TRACE(file);
        const LoadResult result =
            load_file(TIERWAY_SOURCE_DIR "/config/" + file + ".yaml", PriceCatalogue::built_in(), environment);
        ASSERT_NE(result.snapshot, nullptr) << report_of(result.problems);
        const Snapshot& snapshot = *result.snapshot;
        const ModelId frontier = snapshot.tiers.back().models.front();
        EXPECT_EQ(snapshot.timeouts(frontier, snapshot.find_class("reasoning").value()).first_content, Milliseconds(120'000));
        EXPECT_EQ(snapshot.timeouts(frontier, snapshot.find_class("chat").value()).first_content, Milliseconds(30'000));
    }
}

}  // namespace
}  // namespace tierway::config::test
