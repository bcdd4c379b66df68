#include "common/model/json_walk.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/vectors.hpp"

namespace notify {
namespace {

Status Check(std::string_view text, int depth = 64) {
  const simdjson::padded_string padded(text);
  simdjson::ondemand::parser parser;
  return CheckJsonDocument(parser, padded, depth);
}

TEST(JsonWalk, AcceptsValuesWithoutConvertingThem) {
  for (const char* good : {"1e400", "-0.0", "[1,2]", "\"x\"", "null", "true", " {\"a\":[{}]} ",
                           "{\"a\":1,\"a\":2}", "123456789012345678901234567890"}) {
    EXPECT_TRUE(Check(good).has_value()) << good;
  }
}

TEST(JsonWalk, RefusesWhatSkippingByBracketsWouldPass) {
  for (const char* bad :
       {"[1 2]", "[tru]", "{\"a\" 1}", "[1,]", "{\"a\":1,}", "[01]", "[1.]", "[+1]", "[nul]",
        "{} {}", "[] x", "", "[\"\\x\"]", "{\"\\x\":1}", "[-]", "1 2"}) {
    EXPECT_FALSE(Check(bad).has_value()) << bad;
  }
}

TEST(JsonWalk, DepthIsLimited) {
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  EXPECT_EQ(Check(deep).error().code, Errc::kJsonTooDeep);
  EXPECT_TRUE(Check(deep.substr(1, 128)).has_value());
}

TEST(JsonWalk, AgreesWithTheJsonTestSuite) {
  const auto folder = testing_support::VectorsFolder("json-test-suite");
  if (!folder) GTEST_SKIP() << "No vectors: set NOTIFY_VECTORS to the folder that holds them.";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*folder + "/test_parsing")) {
    const std::string name = entry.path().filename().string();
    const bool accepted = Check(testing_support::ReadFile(entry.path().string()), 1024).has_value();
    if (name[0] != 'i') {
      EXPECT_EQ(accepted, name[0] == 'y') << name;
    }
    ++files;
  }
  EXPECT_GE(files, 300);
}

}  // namespace
}  // namespace notify
