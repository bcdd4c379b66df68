#include "agent/inbox/item.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent::inbox {
namespace {

TEST(InboxItem, ShowsItsTimesItsPlaceAndTheNotificationAsItWas) {
  Item item;
  item.notification = "n-1";
  item.sequence = Sequence{7};
  item.created_ms = 1'782'820'800'000;
  item.archived_ms = 1'782'820'800'001;
  item.content = R"({"title":"Grüße","big":12345678901234567890})";
  EXPECT_EQ(ItemJson(item, Epoch{5}),
            R"({"id":"n-1","createdAt":"2026-06-30T12:00:00.000Z","readAt":null,)"
            R"("archivedAt":"2026-06-30T12:00:00.001Z","position":{"epoch":5,"sequence":7},)"
            R"("notification":{"title":"Grüße","big":12345678901234567890}})");
}

TEST(InboxItem, KnowsTheViewsByName) {
  EXPECT_EQ(ViewFromName("open"), View::kOpen);
  EXPECT_EQ(ViewFromName("archived"), View::kArchived);
  EXPECT_EQ(ViewFromName("all"), View::kAll);
  EXPECT_FALSE(ViewFromName("OPEN"));
}

TEST(InboxContent, IsTheNotificationAsItIsShown) {
  EXPECT_EQ(ContentOf(R"({"title":"Hello","body":"x"})"), R"({"title":"Hello","body":"x"})");
}

TEST(InboxContent, OfAVeryLargeNotificationIsItsTitle) {
  nlohmann::json shown = {{"id", "n"}, {"template", "t"}, {"title", "Hello"}};
  shown["body"] = std::string(kMostContentBytes, 'x');
  EXPECT_EQ(ContentOf(shown.dump()),
            R"({"id":"n","template":"t","title":"Hello","truncated":true})");
}

TEST(InboxContent, IsSmallHoweverLargeTheTitle) {
  nlohmann::json shown = {{"id", "n"}, {"title", std::string(kMostContentBytes, 'x')}};
  EXPECT_LT(ContentOf(shown.dump()).size(), 2048U);
}

}  // namespace
}  // namespace notify::agent::inbox
