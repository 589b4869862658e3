#include "config/scalars.hpp"

#include <gtest/gtest.h>

#include "config/addresses.hpp"
#include "config/problems.hpp"

namespace tierway::config {
namespace {

TEST(Scalars, IntegersAreDecimalDigitsAlone) {
    EXPECT_EQ(parse_integer("0", 0, 9).value, 0);
    EXPECT_EQ(parse_integer("9", 0, 9).value, 9);
    EXPECT_EQ(parse_integer("9223372036854775807", 0, INT64_MAX).value, INT64_MAX);
    for (const std::string_view text :
         {"", "10", "030", "0x1", "1e0", "1_0", "+1", "-1", "1.0", " 1", "1 ", "９", "9223372036854775808"}) {
        EXPECT_FALSE(parse_integer(text, 0, 9).value.has_value()) << text;
    }
}

TEST(Scalars, TruthIsTrueOrFalse) {
    EXPECT_EQ(parse_bool("true").value, true);
    EXPECT_EQ(parse_bool("false").value, false);
    for (const std::string_view text : {"", "yes", "no", "on", "off", "True", "TRUE", "1", "y"}) {
        EXPECT_FALSE(parse_bool(text).value.has_value()) << text;
    }
}

TEST(Scalars, DurationsNeedAUnit) {
    const Milliseconds day(86'400'000);
    EXPECT_EQ(parse_duration("250ms", day).value, Milliseconds(250));
    EXPECT_EQ(parse_duration("30s", day).value, Milliseconds(30'000));
    EXPECT_EQ(parse_duration("5m", day).value, Milliseconds(300'000));
    EXPECT_EQ(parse_duration("24h", day).value, day);
    for (const std::string_view text :
         {"", "30", "0", "0ms", "1.5s", "1 s", "030s", "s", "-1s", "1d", "1S", "25h", "86400001ms", "9223372036854775807h"}) {
        EXPECT_FALSE(parse_duration(text, day).value.has_value()) << text;
    }
}

TEST(Scalars, SizesAreBinary) {
    EXPECT_EQ(parse_size("512", 1, 1U << 30U).value, 512U);
    EXPECT_EQ(parse_size("64KiB", 1, 1U << 30U).value, 65'536U);
    EXPECT_EQ(parse_size("10MiB", 1, 1U << 30U).value, 10'485'760U);
    EXPECT_EQ(parse_size("1GiB", 1, 1U << 30U).value, 1U << 30U);
    for (const std::string_view text :
         {"", "0", "10MB", "10mib", "10 MiB", "1.5MiB", "2GiB", "KiB", "9223372036854775807GiB", "-1"}) {
        EXPECT_FALSE(parse_size(text, 1, 1U << 30U).value.has_value()) << text;
    }
}

TEST(Scalars, FractionsArePlainDecimals) {
    EXPECT_EQ(parse_fraction("0").value, 0.0);
    EXPECT_EQ(parse_fraction("1").value, 1.0);
    EXPECT_EQ(parse_fraction("1.0").value, 1.0);
    EXPECT_EQ(parse_fraction("0.80").value, 0.8);
    for (const std::string_view text : {"", ".5", "5.", "-0.1", "1.01", "80%", "1e-1", "nan", "inf", "0,5", "00.5", "0.5.5"}) {
        EXPECT_FALSE(parse_fraction(text).value.has_value()) << text;
    }
}

TEST(Scalars, PricesAreExact) {
    EXPECT_EQ(parse_price("0").value, 0);
    EXPECT_EQ(parse_price("0.05").value, 50'000);
    EXPECT_EQ(parse_price("0.000001").value, 1);
    EXPECT_EQ(parse_price("99999.999999").value, 99'999'999'999);
    EXPECT_EQ(parse_price("100000").value, 100'000'000'000);
    for (const std::string_view text : {"", "-1", "$1", "1e1", "0.0000001", "100000.000001", "100001", "1,5", ".5", "5.", "01",
                                        "nan", "99999999999999999999"}) {
        EXPECT_FALSE(parse_price(text).value.has_value()) << text;
    }
}

TEST(Scalars, FactorsAreExact) {
    EXPECT_EQ(parse_factor_permille("0.5").value, 500);
    EXPECT_EQ(parse_factor_permille("2").value, 2'000);
    EXPECT_EQ(parse_factor_permille("0.001").value, 1);
    EXPECT_EQ(parse_factor_permille("100").value, 100'000);
    for (const std::string_view text : {"", "0", "-1", "0.0001", "0.0005", "1.2345", "100.001", "2x", "x2", "1e1", "nan"}) {
        EXPECT_FALSE(parse_factor_permille(text).value.has_value()) << text;
    }
}

TEST(Scalars, AmountsOfUsdAreExact) {
    EXPECT_EQ(parse_usd("0").value, Usd());
    EXPECT_EQ(parse_usd("0.000000001").value, Usd::from_nano(1));
    EXPECT_EQ(parse_usd("1000000").value, Usd::from_nano(1'000'000'000'000'000));
    for (const std::string_view text :
         {"", "-1", "+1", "1e3", ".5", "5.", "05", "1000000.000000001", "0.0000000001", "5 USD", "$5"}) {
        EXPECT_FALSE(parse_usd(text).value.has_value()) << text;
    }
}

TEST(Scalars, MomentsAreDaysOrSecondsInUtc) {
    using std::chrono::seconds;
    EXPECT_EQ(parse_moment("1999-12-31").value, std::nullopt);
    EXPECT_EQ(parse_moment("2000-01-01").value, WallTime(seconds(946'684'800)));
    EXPECT_EQ(parse_moment("2028-02-29").value, WallTime(seconds(1'835'395'200)));
    EXPECT_EQ(parse_moment("2028-02-29T23:59:59Z").value, WallTime(seconds(1'835'481'599)));
    for (const std::string_view text :
         {"", "2027", "2027-1-1", "2027-13-01", "2027-00-10", "2027-02-29", "2027-02-30", "2200-01-01", "2027-01-01T00:00:00",
          "2027-01-01T24:00:00Z", "2027-01-01T00:60:00Z", "2027-01-01T00:00:60Z", "2027-01-01 00:00:00Z", "2027-01-01T00:00:00z",
          "2027-01-01T-1:00:00Z", "2027/01/01", "20270101T000000Z", "2027-01-01T00:00:0xZ"}) {
        EXPECT_FALSE(parse_moment(text).value.has_value()) << text;
    }
}

TEST(Scalars, NamesAreSafeForHeadersAndLabels) {
    for (const std::string& name : {std::string("a"), std::string("0"), std::string("a_b.c-d9"), std::string(64, 'a')}) {
        EXPECT_TRUE(parse_name(name).value.has_value()) << name;
    }
    for (const std::string& name : {std::string(), std::string("A"), std::string("_a"), std::string("-a"), std::string("a b"),
                                    std::string("a/b"), std::string("a\n"), std::string("ä"), std::string(65, 'a')}) {
        EXPECT_FALSE(parse_name(name).value.has_value()) << name;
    }
    EXPECT_TRUE(parse_model_name("p/Qwen3-8B:free@v1").value.has_value());
    EXPECT_TRUE(parse_model_name(std::string(128, 'm')).value.has_value());
    for (const std::string& name :
         {std::string(), std::string("a b"), std::string("a\"b"), std::string("a'b"), std::string("a\\b"), std::string("a`b"),
          std::string("a\rb"), std::string("é"), std::string(129, 'm')}) {
        EXPECT_FALSE(parse_model_name(name).value.has_value()) << name;
    }
}

TEST(Addresses, EndpointsAreNumericOrLocalhost) {
    const Endpoint v6 = parse_endpoint("[::1]:8080").value.value();
    EXPECT_EQ(v6.host, "::1");
    EXPECT_EQ(v6.port, 8080);
    EXPECT_EQ(parse_endpoint("localhost:0").value.value().host, "127.0.0.1");
    for (const std::string_view text : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:080", "127.1:80", "[127.0.0.1]:80",
                                        "::1:80", "[::1]", "[::1]80", "[::1:80", "*:80", "a:b:c", "127.0.0.1:80/"}) {
        EXPECT_FALSE(parse_endpoint(text).value.has_value()) << text;
    }
}

TEST(Addresses, BaseUrlsAreTakenApart) {
    const BaseUrl plain = parse_base_url("HTTPS://API.Example.com").value.value();
    EXPECT_TRUE(plain.tls);
    EXPECT_EQ(plain.host, "api.example.com");
    EXPECT_EQ(plain.port, 443);
    EXPECT_EQ(plain.prefix, "");
    EXPECT_EQ(plain.authority(), "api.example.com");
    const BaseUrl full = parse_base_url("http://[::1]:8000/openai/v1/").value.value();
    EXPECT_FALSE(full.tls);
    EXPECT_EQ(full.host, "::1");
    EXPECT_EQ(full.port, 8000);
    EXPECT_EQ(full.prefix, "/openai/v1");
    EXPECT_EQ(full.authority(), "[::1]:8000");
    EXPECT_EQ(parse_base_url("http://h:80").value.value().authority(), "h");
    EXPECT_EQ(parse_base_url("https://h:80").value.value().authority(), "h:80");
}

TEST(Addresses, RefusesUrlsThatCouldMeanSomethingElse) {
    for (const std::string_view text : {"",
                                        "https",
                                        "https://",
                                        "https:///v1",
                                        "https:h",
                                        "//h",
                                        "https://h:",
                                        "https://h:99999",
                                        "https://h:80:80",
                                        "https://[::1",
                                        "https://[h]",
                                        "https://a..b",
                                        "https://-\x01",
                                        "https://a b/",
                                        "https://h/a b",
                                        "https://h/\r\nX: y",
                                        "https://h//v1",
                                        "https://h/../v1",
                                        "https://h/..",
                                        "https://u@h",
                                        "https://h?",
                                        "https://h#",
                                        "https://h\\@x",
                                        "http://169.254.0.1",
                                        "http://[fe80::1]",
                                        "http://[febf::1]",
                                        "http://[::ffff:a9fe:a9fe]",
                                        "http://0.0.0.0",
                                        "http://[::]",
                                        "http://127.1",
                                        "http://0177.0.0.1",
                                        "http://1.2.3.4.5",
                                        "http://256.1.1.1",
                                        "http://[fe80::1%25eth0]"}) {
        EXPECT_FALSE(parse_base_url(text).value.has_value()) << text;
    }
}

TEST(Addresses, KnowsLoopback) {
    for (const std::string_view address : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"}) {
        EXPECT_TRUE(is_loopback(address)) << address;
    }
    for (const std::string_view address : {"126.255.255.255", "128.0.0.1", "0.0.0.0", "::", "::2", "localhost", "10.0.0.1"}) {
        EXPECT_FALSE(is_loopback(address)) << address;
    }
    EXPECT_TRUE(is_local_host("localhost"));
    EXPECT_FALSE(is_local_host("localhost.example.org"));
}

TEST(Problems, QuotedValuesAreShortAndWhole) {
    EXPECT_EQ(quoted_value("a\nb"), "`a b`");
    EXPECT_EQ(quoted_value(""), "``");
    const std::string long_text = std::string(159, 'a') + "é" + std::string(50, 'b');
    EXPECT_EQ(quoted_value(long_text), "`" + std::string(159, 'a') + "…`") << "no half character";
}

}  // namespace
}  // namespace tierway::config
