#include "gateway/shadow/quality_board.hpp"

#include <gtest/gtest.h>

namespace tierway::gateway {
namespace {

config::Snapshot with_classes(std::initializer_list<std::string_view> names) {
    config::Snapshot snapshot;
    for (const std::string_view name : names) {
        snapshot.classes.emplace_back().name = name;
    }
    return snapshot;
}

TEST(QualityBoard, KeepsWhatItKnowsOfAClassOverAReload) {
    QualityBoard before(with_classes({"chat", "math"}), nullptr);
    before.count_answer(config::ClassId(1), true);
    before.count_comparison(config::ClassId(1), false);
    const QualityBoard after(with_classes({"math", "code"}), &before);
    EXPECT_EQ(after.window_of(config::ClassId(0)).compared(), 1U);
    EXPECT_EQ(after.window_of(config::ClassId(0)).quality().estimate, 0.0);
    EXPECT_EQ(after.window_of(config::ClassId(1)).compared(), 0U);
}

TEST(QualityBoard, HasSoManyPlacesAndNoMore) {
    QualityBoard board(with_classes({"chat"}), nullptr);
    QualityBoard reloaded(with_classes({"chat"}), &board);
    {
        const QualityBoard::Place first = board.begin(2);
        const QualityBoard::Place second = reloaded.begin(2);
        EXPECT_TRUE(first && second);
        EXPECT_FALSE(board.begin(2));
    }
    EXPECT_TRUE(board.begin(1));
    EXPECT_TRUE(board.begin(1)) << "the place before was given back at once";
}

}  // namespace
}  // namespace tierway::gateway
