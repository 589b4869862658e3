// Micro-benchmarks of what every request pays for in the pure modules: indexing the body, reading it as a chat request, the
// features and rules, and decoding the stream. Run bench_wire; compare with an earlier run on the same machine, never across
// machines.

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/classify/classifier.hpp"
#include "tierway/classify/features.hpp"
#include "tierway/config/load.hpp"
#include "tierway/config/price_catalogue.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/wire/json_view.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace {

using namespace tierway;

/// Words of prompts, with escapes and letters beyond ASCII about as often as there.
constexpr std::array<std::string_view, 32> kWords = {
    "The ",    "parcel ",  "left ",   "the ",  "depot ", "on ",     "Monday, ", "said ", "\\\"Ana\\\", ", "and ", "came ", "to ",
    "Straße ", "42 ",      "too ",    "late. ", "It ",   "was ",    "not ",     "what ", "they ",     "had ", "agreed ", "in ",
    "a ",      "contract ", "before ", "that ", "of ",   "course ", "is ",      "why.\\n",
};
constexpr std::string_view kChunk =
    R"({"id":"chatcmpl-bench0123456789","object":"chat.completion.chunk","created":1750000000,"model":"stub-small-2025",)"
    R"("choices":[{"index":0,"delta":{"content":" parcel"},"logprobs":null,"finish_reason":null}]})";

constexpr std::string_view kConfiguration = R"(
version: 1
providers:
  stub: {dialect: openai, base_url: "http://127.0.0.1:9/v1"}
models:
  stub/small: {price: {input: 0.05, output: 0.10}, context: 200000}
tiers: {small: [stub/small]}
classes: {extraction: {tier: small}, summarization: {tier: small}, code: {tier: small}, math: {tier: small}, chat: {tier: small}}
classifier:
  default_class: chat
  rules:
    - {class: extraction, when: {json_schema: true}}
    - {class: extraction, when: {text: "(?i)\\b(extract|list all|pull out)\\b"}}
    - {class: summarization, when: {text: "(?i)\\b(summari[sz]e|key points|tl;dr)\\b"}}
    - {class: code, when: {text: "(?i)\\b(python|javascript|c\\+\\+|refactor|stack trace)\\b"}}
    - {class: math, when: {text: "(?i)\\b(solve|equation|integral|how many)\\b"}}
)";

/// Another text for each seed: of one that comes again and again, a processor learns what comes next, and takes half the time.
std::string text(std::size_t bytes, unsigned seed) {
    std::minstd_rand random(seed);
    std::string result;
    while (result.size() + 16 <= bytes) {
        result += kWords[random() % kWords.size()];
    }
    return result;
}

/// A conversation of about `bytes` bytes, with all its bulk in the newest ask or none of it. No rule matches: every rule is
/// tried.
std::string chat_body(std::size_t bytes, bool bulk_in_ask, unsigned seed = 1) {
    const std::string bulk = text(bytes > 400 ? bytes - 400 : 0, seed);
    std::string body = R"({"model":"auto","temperature":0.7,"messages":[{"role":"system","content":"Be brief."},)";
    if (!bulk_in_ask) {
        body += R"({"role":"user","content":"Where is it?"},{"role":"assistant","content":")" + bulk + "\"},";
    }
    body += R"({"role":"user","content":"What should I do now? )" + (bulk_in_ask ? bulk : std::string()) + "\"}]";
    return body + R"(,"max_tokens":512,"stream":true,"stream_options":{"include_usage":true}})";
}

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "bench_wire: %s\n", why.c_str());
    std::exit(1);
}

void index_text(benchmark::State& state, const std::string& json) {
    wire::JsonParser parser;
    for (auto _ : state) {
        auto root = parser.parse(json);
        if (!root) {
            give_up("the body is not valid JSON");
        }
        benchmark::DoNotOptimize(root);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}

/// One body after the other, each copied to the same place as if it had just been received.
void index_body(benchmark::State& state) {
    std::vector<std::string> bodies;
    for (unsigned seed = 1; seed <= 64; ++seed) {
        bodies.push_back(chat_body(static_cast<std::size_t>(state.range(0)), true, seed));
    }
    wire::JsonParser parser;
    std::string received;
    std::size_t next = 0;
    for (auto _ : state) {
        state.PauseTiming();
        received = bodies[next++ % bodies.size()];
        state.ResumeTiming();
        auto root = parser.parse(received);
        if (!root) {
            give_up("the body is not valid JSON");
        }
        benchmark::DoNotOptimize(root);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bodies.front().size()));
}
BENCHMARK(index_body)->Arg(1 << 10)->Arg(16 << 10)->Arg(256 << 10);

void index_chunk(benchmark::State& state) {
    index_text(state, std::string(kChunk));
}
BENCHMARK(index_chunk);

void read_request(benchmark::State& state) {
    const std::string body = chat_body(static_cast<std::size_t>(state.range(0)), true);
    wire::JsonParser parser;
    const auto root = parser.parse(body);
    for (auto _ : state) {
        auto request = dialect::read_chat_request(*root);
        benchmark::DoNotOptimize(request);
    }
}
BENCHMARK(read_request)->Arg(1 << 10)->Arg(256 << 10);

/// Arguments: bytes of the body; whether its bulk is in the newest ask.
void features_and_rules(benchmark::State& state) {
    static const auto loaded =
        config::load_text(kConfiguration, "bench", config::PriceCatalogue{}, [](const std::string&) { return std::nullopt; });
    if (!loaded.snapshot) {
        give_up(loaded.problems.front().to_string());
    }
    const classify::Classifier classifier(loaded.snapshot);
    const std::string body = chat_body(static_cast<std::size_t>(state.range(0)), state.range(1) != 0);
    wire::JsonParser parser;
    const auto root = parser.parse(body);
    const auto request = dialect::read_chat_request(*root);
    if (!request) {
        give_up("the body is not a chat request");
    }
    classify::Features features;
    for (auto _ : state) {
        classify::extract_features(*request, features);
        auto decision = classifier.classify(features, std::nullopt);
        benchmark::DoNotOptimize(decision);
    }
}
BENCHMARK(features_and_rules)->ArgsProduct({{1 << 10, 16 << 10, 256 << 10}, {0, 1}});

/// Argument: bytes of each piece the stream arrives in; an event takes about 210.
void decode_stream(benchmark::State& state) {
    std::string stream;
    for (int i = 0; i < 50; ++i) {
        stream.append("data: ").append(kChunk).append("\n\n");
    }
    const auto piece_bytes = static_cast<std::size_t>(state.range(0));
    wire::SseDecoder decoder;
    std::int64_t events = 0;
    for (auto _ : state) {
        decoder.reset();
        for (std::size_t at = 0; at < stream.size(); at += piece_bytes) {
            decoder.feed(std::string_view(stream).substr(at, piece_bytes));
            wire::SseEvent event;
            while (decoder.next(event) == wire::SseDecoder::Status::Event) {
                benchmark::DoNotOptimize(event.data.data());
                ++events;
            }
        }
    }
    state.SetItemsProcessed(events);
}
BENCHMARK(decode_stream)->Arg(100)->Arg(16 << 10);

}  // namespace

BENCHMARK_MAIN();
