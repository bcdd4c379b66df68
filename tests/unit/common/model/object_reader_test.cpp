#include "common/model/object_reader.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify {
namespace {

class Reading : public testing::Test {
 protected:
  std::string Errors() {
    std::string all;
    for (const FieldError& error : errors_) all += error.pointer + " " + error.detail + "\n";
    return all;
  }
  std::vector<FieldError> errors_;
};

TEST_F(Reading, TakesWhatIsThereAndTheFallbackElsewhere) {
  const nlohmann::json body = {{"name", "x"}, {"on", true}, {"none", nullptr}};
  ObjectReader reader(body, "", errors_);
  EXPECT_EQ(reader.RequiredText("name"), "x");
  EXPECT_TRUE(reader.Flag("on", false));
  EXPECT_EQ(reader.Text("none", "fallback"), "fallback");
  reader.RefuseOthers();
  EXPECT_EQ(Errors(), "");
}

TEST_F(Reading, NotesEachMistakeWhereItStands) {
  const nlohmann::json body = {{"name", 3}, {"on", "yes"}, {"a/b", 1}, {"ctl", "\x01"}};
  ObjectReader reader(body, "/x", errors_);
  reader.RequiredText("name");
  reader.Flag("on", false);
  reader.Text("ctl", "");
  reader.RequiredText("gone");
  reader.RefuseOthers();
  EXPECT_EQ(Errors(),
            "/x/name must be a text\n/x/on must be true or false\n"
            "/x/ctl must not have control characters\n/x/gone is required\n"
            "/x/a~1b is not known here; known are name, on, ctl, gone\n");
}

TEST_F(Reading, AValueThatIsNoObjectIsOneMistake) {
  const nlohmann::json body = nlohmann::json::array();
  ObjectReader reader(body, "/x", errors_);
  reader.RequiredText("name");
  reader.RefuseOthers();
  EXPECT_EQ(Errors(), "/x must be a JSON object\n");
}

TEST(ParseJsonObject, StopsAtSixtyFourLevels) {
  const auto nested = [](std::size_t levels) {
    return R"({"text": "[[[\"[", "a": )" + std::string(levels, '[') + std::string(levels, ']') +
           "}";
  };
  EXPECT_TRUE(ParseJsonObject(nested(63)));
  EXPECT_EQ(ParseJsonObject(nested(64)).error().code, Errc::kJsonTooDeep);
  EXPECT_EQ(ParseJsonObject(std::string(10'000'000, '[')).error().code, Errc::kJsonTooDeep);
}

TEST(RefuseIfAny, PutsTheFirstIntoTheDetail) {
  EXPECT_TRUE(RefuseIfAny({}));
  const auto refused = RefuseIfAny({{.pointer = "/a", .detail = "is required"}, {.pointer = "/b"}});
  EXPECT_EQ(refused.error().detail, "/a is required.");
  EXPECT_EQ(refused.error().errors.size(), 2U);
}

}  // namespace
}  // namespace notify
