#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "tierway/wire/edits.hpp"
#include "tierway/wire/http_guard.hpp"
#include "tierway/wire/json_view.hpp"
#include "tierway/wire/sse_decoder.hpp"

namespace {

std::size_t allocations = 0;

void* allocate(std::size_t size) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}

void* allocate_or_throw(std::size_t size) {
    if (void* const memory = allocate(size)) {
        return memory;
    }
    throw std::bad_alloc();
}

}  // namespace

// Counted for this whole executable. All unaligned forms are replaced, since the address sanitizer replaces each by itself.
// Not inlined: g++ 12 would take the call of free within an inlined delete for a mismatch with new.
[[gnu::noinline]] void* operator new(std::size_t size) {
    return allocate_or_throw(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
    return allocate_or_throw(size);
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace tierway::wire {
namespace {

constexpr std::string_view kRequest =
    R"({"model":"auto","m\u006fre":1,"messages":[{"role":"user","content":"a\nb"}],"stream":true,"temperature":0.5})";

/// Runs twice and gives the allocations of the second time.
template <class Action>
std::size_t steady_state_allocations(const Action& action) {
    action();
    const std::size_t before = allocations;
    action();
    return allocations - before;
}

TEST(Allocation, CountsWhatAllocates) {
    EXPECT_EQ(steady_state_allocations([] { return std::vector<int>(100).size(); }), 1U);
}

TEST(Allocation, ParsingAgainAllocatesNothing) {
    JsonParser parser;
    std::string scratch(100, ' ');
    EXPECT_EQ(steady_state_allocations([&] {
                  const Result<JsonValue> root = parser.parse(kRequest);
                  EXPECT_EQ(root->find("more").integer(), 1);
                  EXPECT_EQ(root->find("messages").at(0).find("content").string(scratch), "a\nb");
              }),
              0U);
}

TEST(Allocation, ParsingASmallerTextAllocatesNothing) {
    JsonParser parser;
    const std::string large = "[\"" + std::string(100'000, 'x') + "\",1,2,3,4,5,6,7,8,9]";
    ASSERT_TRUE(parser.parse(large).has_value());
    ASSERT_TRUE(parser.parse(kRequest).has_value());
    const std::size_t before = allocations;
    EXPECT_TRUE(parser.parse("[1,2]").has_value());
    EXPECT_EQ(allocations, before);
}

TEST(Allocation, EditingAgainAllocatesNothing) {
    JsonParser parser;
    const Result<JsonValue> root = parser.parse(kRequest);
    Edits edits;
    std::vector<std::string_view> pieces;
    EXPECT_EQ(steady_state_allocations([&] {
                  edits.clear();
                  pieces.clear();
                  edits.append_member(*root, R"("n":1)");
                  edits.replace(root->find("model").range(), R"("m")");
                  edits.remove_member(*root, root->find("temperature"));
                  edits.gather(kRequest, pieces);
              }),
              0U);
}

TEST(Allocation, DecodingAgainAllocatesNothing) {
    SseDecoder decoder;
    const std::string long_line(100, 'x');
    const std::string stream = "event: name\ndata: " + long_line + "\ndata: " + long_line + "\n\n";
    EXPECT_EQ(steady_state_allocations([&] {
                  SseEvent event;
                  for (std::size_t at = 0; at < stream.size(); at += 7) {
                      decoder.feed(std::string_view(stream).substr(at, 7));
                      while (decoder.next(event) == SseDecoder::Status::Event) {
                          EXPECT_EQ(event.data.size(), 2 * long_line.size() + 1);
                      }
                  }
              }),
              0U);
}

TEST(Allocation, DecodingWholeEventsNeverAllocates) {
    SseDecoder decoder;
    const std::string stream = "event: name\ndata: " + std::string(1'000, 'x') + "\n\n";
    SseEvent event;
    const std::size_t before = allocations;
    decoder.feed(stream);
    EXPECT_EQ(decoder.next(event), SseDecoder::Status::Event);
    EXPECT_EQ(decoder.next(event), SseDecoder::Status::NeedInput);
    EXPECT_EQ(allocations, before);
}

TEST(Allocation, GuardingAGoodHeadAllocatesNothingOnceWarm) {
    HttpFields fields;
    fields.add("a", "b");
    fields.add("c", "d");
    const std::size_t before = allocations;
    EXPECT_TRUE(
        guard_request_head("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", HeadLimits{}, fields).has_value());
    EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace tierway::wire
