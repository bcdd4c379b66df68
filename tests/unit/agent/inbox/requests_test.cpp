#include "agent/inbox/requests.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agent/inbox/marking.hpp"

namespace notify::agent::inbox {
namespace {

std::string Refusal(const std::string& json) {
  const auto selection = ReadSelection(json);
  return selection ? "" : selection.error().detail;
}

std::string IdsBody(std::size_t count) {
  return nlohmann::json{{"ids", std::vector<std::string>(count, "n")}}.dump();
}

TEST(InboxSelection, IsIdsOrEverythingUpToOne) {
  EXPECT_EQ(ReadSelection(R"({"ids":["a","b"]})")->ids, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(ReadSelection(R"({"upTo":"a"})")->up_to, "a");
}

TEST(InboxSelection, NeedsExactlyOneOfBoth) {
  EXPECT_NE(Refusal("{}"), "");
  EXPECT_NE(Refusal(R"({"ids":["a"],"upTo":"b"})"), "");
  EXPECT_NE(Refusal(R"({"id":"a"})"), "");
}

TEST(InboxSelection, HasALimit) {
  EXPECT_EQ(Refusal(IdsBody(Marking::kMostIds)), "");
  EXPECT_NE(Refusal(IdsBody(Marking::kMostIds + 1)), "");
  EXPECT_NE(Refusal(R"({"ids":[]})"), "");
  EXPECT_NE(Refusal(R"({"ids":[7]})"), "");
  EXPECT_NE(Refusal(R"({"upTo":")" + std::string(65, 'x') + "\"}"), "");
}

TEST(InboxQuery, IsAllOpenOnesWhereNothingIsSaid) {
  const auto query = ReadQuery("{}", 100);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->view, View::kOpen);
  EXPECT_EQ(query->limit, 50U);
  EXPECT_EQ(query->after, "");
}

TEST(InboxQuery, ReadsStateLimitAndCursor) {
  const auto query = ReadQuery(R"({"state":"unread","limit":100,"cursor":"7"})", 100);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->view, View::kUnread);
  EXPECT_EQ(query->limit, 100U);
  EXPECT_EQ(query->after, "7");
}

TEST(InboxQuery, RefusesWhatItDoesNotKnow) {
  for (const auto* wrong : {R"({"state":"new"})", R"({"limit":101})", R"({"limit":0})",
                            R"({"limit":"5"})", R"({"cursor":7})", R"({"user":"bob"})", "[]"}) {
    EXPECT_FALSE(ReadQuery(wrong, 100)) << wrong;
  }
}

}  // namespace
}  // namespace notify::agent::inbox
