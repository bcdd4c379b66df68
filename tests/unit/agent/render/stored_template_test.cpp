#include "agent/render/stored_template.hpp"

#include <gtest/gtest.h>

namespace notify::agent::render {
namespace {

std::string Refusal(std::string_view body, std::string_view id = "") {
  const auto parsed = ParseTemplate(body, id);
  return parsed ? "" : parsed.error().errors.front().pointer;
}

TEST(TemplateBody, ReadsWhatItPrints) {
  const auto stored = ParseTemplate(R"({"id": "a", "files": {"log.txt.hbs": "x"}})", "");
  ASSERT_TRUE(stored) << stored.error().detail;
  const std::string once = TemplateJson(*stored);
  EXPECT_EQ(TemplateJson(ParseTemplate(once, "a").value()), once);
}

TEST(TemplateBody, NamesItsMistakes) {
  EXPECT_EQ(Refusal(R"({"files": {"a": "x"}})"), "/id");
  EXPECT_EQ(Refusal(R"({"id": "a", "files": {"a": "x"}})", "b"), "/id");
  EXPECT_EQ(Refusal(R"({"id": "a", "files": {}})"), "/files");
  EXPECT_EQ(Refusal(R"({"id": "a", "files": {"a": 1}})"), "/files");
  EXPECT_EQ(Refusal(R"({"id": "a", "files": {"a": "x"}, "file": 1})"), "/file");
  EXPECT_EQ(Refusal(R"({"id": "../a", "files": {"a": "x"}})"), "/id");
}

TEST(TemplateBody, IsBounded) {
  const std::string large = R"({"id": "a", "files": {"a": ")" + std::string(300'000, 'x') + "\"}}";
  EXPECT_EQ(Refusal(large), "/files");
}

}  // namespace
}  // namespace notify::agent::render
