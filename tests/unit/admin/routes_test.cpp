#include "admin/routes.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "admin/ui_files.hpp"

namespace tierway::admin {
namespace {

TEST(Routes, AreFoundByTheirWholePath) {
    ASSERT_NE(find_route("/metrics"), nullptr);
    EXPECT_EQ(find_route("/metrics")->path, "/metrics");
    for (const std::string_view nothing : {"", "/metric", "/metrics/", "/api", "/api/", "/uix", "//ui/", "/healthz/x"}) {
        EXPECT_EQ(find_route(nothing), nullptr) << nothing;
    }
}

TEST(Routes, OfAFolderAreFoundByWhatIsBelowIt) {
    ASSERT_NE(find_route("/ui/vendor/uplot.js"), nullptr);
    EXPECT_EQ(find_route("/ui/vendor/uplot.js")->path, "/ui/");
    EXPECT_EQ(find_route("/ui")->path, "/ui");
    EXPECT_EQ(find_route("/")->path, "/");
}

TEST(Routes, ShowDataToOperatorsOnly) {
    std::set<std::string_view> for_all;
    for (const Route& route : routes()) {
        if (route.audience != Audience::Operators) {
            for_all.insert(route.path);
        }
    }
    EXPECT_EQ(for_all, (std::set<std::string_view>{"/", "/healthz", "/readyz", "/ui", "/ui/"}));
}

TEST(UiFiles, AreTheIndexAndWhatItNames) {
    const Page index = ui_page("/ui/", {});
    ASSERT_EQ(index.status, 200U);
    EXPECT_EQ(index.type, "text/html; charset=utf-8");
    EXPECT_NE(index.body.find("<!doctype html>"), std::string::npos);
    // Every script and style that the index names is there.
    for (std::size_t at = 0; (at = index.body.find("src=\"", at)) != std::string::npos; ++at) {
        const std::size_t begin = at + 5;
        const std::string name = index.body.substr(begin, index.body.find('"', begin) - begin);
        EXPECT_EQ(ui_page("/ui/" + name, {}).status, 200U) << name;
    }
    EXPECT_EQ(ui_page("/ui/nothing.js", {}).status, 404U);
}

TEST(UiFiles, HoldNothingThatTheContentPolicyForbids) {
    for (const EmbeddedFile& file : embedded_ui()) {
        if (file.path.ends_with(".html")) {
            EXPECT_EQ(file.bytes.find("style="), std::string_view::npos) << "inline style";
            EXPECT_EQ(file.bytes.find("<script>"), std::string_view::npos) << "inline script";
            EXPECT_EQ(file.bytes.find("onclick="), std::string_view::npos) << "inline handler";
        }
        if (file.path.ends_with(".js") && !file.path.starts_with("vendor/")) {
            EXPECT_EQ(file.bytes.find("innerHTML"), std::string_view::npos) << file.path << " reads texts as markup";
        }
        EXPECT_FALSE(file.bytes.empty()) << file.path;
    }
}

TEST(UiFiles, AreNotSentAgainToWhoHasThem) {
    const Page first = ui_page("/ui/main.js", {});
    EXPECT_EQ(ui_page("/ui/main.js", first.etag).status, 304U);
    EXPECT_EQ(ui_page("/ui/main.js", "W/" + std::string(first.etag) + ", \"other\"").status, 304U);
    EXPECT_EQ(ui_page("/ui/main.js", "\"other\"").status, 200U);
    EXPECT_NE(first.etag, ui_page("/ui/style.css", {}).etag);
}

}  // namespace
}  // namespace tierway::admin
