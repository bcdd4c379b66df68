#include "common/utf8.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/vectors.hpp"

namespace notify {
namespace {

// A line of utf8tests.bin: `number:valid:bytes` or `number:invalid:bytes`.
struct Utf8Case {
  std::string name;
  bool valid = false;
  std::string bytes;
};

std::optional<Utf8Case> ParseCase(const std::string& line) {
  const auto first = line.find(':');
  const auto second = line.find(':', first + 1);
  if (line.empty() || line.front() == '#' || second == std::string::npos) return std::nullopt;
  return Utf8Case{line.substr(0, first), line.substr(first + 1, second - first - 1) == "valid",
                  line.substr(second + 1)};
}

std::vector<Utf8Case> PublishedCases() {
  const auto folder = testing_support::VectorsFolder("utf8tests");
  if (!folder) return {};
  std::istringstream file(testing_support::ReadFile(*folder + "/utf8tests.bin"));
  std::vector<Utf8Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (auto one = ParseCase(line)) cases.push_back(*one);
  }
  return cases;
}

bool CheckChopped(std::string_view bytes) {
  Utf8Checker checker;
  for (const char& byte : bytes) {
    if (!checker.Feed({&byte, 1})) return false;
  }
  return checker.AtBoundary();
}

TEST(Utf8, AgreesWithThePublishedCasesWholeAndChopped) {
  const auto cases = PublishedCases();
  if (cases.empty())
    GTEST_SKIP() << "No vectors: set NOTIFY_VECTORS to the folder that holds them.";
  ASSERT_GT(cases.size(), 100U);
  for (const auto& one : cases) {
    EXPECT_EQ(IsUtf8(one.bytes), one.valid) << one.name;
    EXPECT_EQ(CheckChopped(one.bytes), one.valid) << one.name;
  }
}

TEST(Utf8, FindsTheOneBadByteAtEveryPlaceOfALongText) {
  for (std::size_t place = 0; place < 40; ++place) {
    std::string text(40, 'a');
    text[place] = '\xFF';
    EXPECT_FALSE(IsUtf8(text)) << place;
  }
}

TEST(Utf8, AcceptsACharacterAtEveryPlaceOfALongText) {
  for (std::size_t place = 0; place < 40; ++place) {
    EXPECT_TRUE(IsUtf8(std::string(40, 'a').insert(place, "\U0001F600"))) << place;
  }
}

TEST(Utf8, FailsAtTheFirstByteThatCannotBeMadeGood) {
  Utf8Checker checker;
  EXPECT_TRUE(checker.Feed("a\xF4"));
  EXPECT_FALSE(checker.Feed("\x90"));  // above U+10FFFF, whatever follows
}

TEST(Utf8, AHalfCharacterIsNotABoundary) {
  Utf8Checker checker;
  EXPECT_TRUE(checker.Feed("\xE2\x82"));
  EXPECT_FALSE(checker.AtBoundary());
  EXPECT_TRUE(checker.Feed("\xAC"));
  EXPECT_TRUE(checker.AtBoundary());
}

}  // namespace
}  // namespace notify
