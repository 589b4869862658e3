#include "tierway/wire/multipart_field.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace tierway::wire {
namespace {

std::string part(const std::string& disposition, const std::string& content) {
    return "--B\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
}

std::optional<std::string> model_in(std::string_view body, std::size_t step = 1'000'000) {
    MultipartField field("B", "model");
    for (; !body.empty(); body.remove_prefix(std::min(step, body.size()))) {
        field.feed(body.substr(0, step));
    }
    return field.value();
}

TEST(MultipartBoundary, IsReadPlainAndQuoted) {
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=----WebKit42"), "----WebKit42");
    EXPECT_EQ(multipart_boundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b\""), "a b");
}

TEST(MultipartBoundary, OfAnotherTypeIsNone) {
    EXPECT_EQ(multipart_boundary("multipart/mixed; boundary=x"), "");
    EXPECT_EQ(multipart_boundary("application/json"), "");
    EXPECT_EQ(multipart_boundary("multipart/form-data"), "");
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'x')), "");
}

TEST(MultipartField, IsFoundBeforeAndBehindAFile) {
    const std::string file = part("name=\"file\"; filename=\"a.wav\"", std::string(10'000, '\r'));
    const std::string model = part("name=\"model\"", "whisper-1");
    EXPECT_EQ(model_in(model + file + "--B--\r\n"), "whisper-1");
    EXPECT_EQ(model_in(file + model + "--B--\r\n"), "whisper-1");
}

TEST(MultipartField, IsFoundWhereverThePiecesAreCut) {
    const std::string body = part("filename=\"x;\\\"name=model\"; name=\"file\"", "\r\n--A\r\r\n-") +
                             part("name=model", "gpt-4o-transcribe") + part("name=\"language\"", "en") + "--B--\r\n";
    for (std::size_t step = 1; step <= body.size(); ++step) {
        EXPECT_EQ(model_in(body, step), "gpt-4o-transcribe") << step;
    }
}

TEST(MultipartField, InsideAFileIsNone) {
    const std::string inside = "\r\n--C\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ncheap\r\n--C";
    EXPECT_EQ(model_in(part("name=\"file\"", inside) + part("name=\"model\"", "dear") + "--B--"), "dear");
    EXPECT_EQ(model_in(part("name=\"file\"", inside) + "--B--"), std::nullopt);
}

TEST(MultipartField, CountsTheLastOfSeveralAsServersDo) {
    EXPECT_EQ(model_in(part("name=\"model\"", "one") + part("name=\"model\"", "two") + "--B--"), "two");
}

TEST(MultipartField, BehindTheEndIsNone) {
    EXPECT_EQ(model_in("--B--\r\n" + part("name=\"model\"", "late") + "--B--"), std::nullopt);
}

TEST(MultipartField, ThatIsCutIsNone) {
    const std::string body = part("name=\"model\"", "whisper-1") + "--B--";
    EXPECT_EQ(model_in(body.substr(0, body.find("whisper") + 9)), std::nullopt);
}

TEST(MultipartField, ThatIsTooLongIsNone) {
    EXPECT_EQ(model_in(part("name=\"model\"", std::string(257, 'x')) + "--B--"), std::nullopt);
    EXPECT_EQ(model_in(part("name=\"model\"", std::string(256, 'x')) + "--B--"), std::string(256, 'x'));
}

TEST(MultipartField, BehindAnEndlessHeadIsStillFound) {
    const std::string endless = "--B\r\nX: " + std::string(2 * MultipartField::kPartHeadBytesMax, 'x') + "\r\n\r\n\r\n";
    EXPECT_EQ(model_in(endless + part("name=\"model\"", "found") + "--B--"), "found");
}

TEST(MultipartField, KeepsWhatOnlyLooksLikeADelimiter) {
    EXPECT_EQ(model_in(part("name=\"model\"", "a\r\n--\r\nb\r\n--X") + "--B--"), "a\r\n--\r\nb\r\n--X");
}

}  // namespace
}  // namespace tierway::wire
