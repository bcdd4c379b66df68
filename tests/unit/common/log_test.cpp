#include "common/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <concepts>

#include "tests/support/fake_clock.hpp"

namespace notify {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

static_assert(!std::constructible_from<log::Value, const Secret&>, "a secret cannot be logged");
static_assert(!std::constructible_from<log::Value, Secret>, "a secret cannot be logged");
static_assert(!std::constructible_from<log::Template, std::string>, "templates are literals");
static_assert(!std::constructible_from<log::Value, const void*>, "a pointer is not a value");

/// Logs into a list of lines, at 2026-06-30T12:00:00Z.
class LogTest : public ::testing::Test {
 protected:
  void SetUp() override { Configure(log::Format::kJson); }
  void TearDown() override {
    log::SetAmbient(nullptr);
    log::Configure({.level = log::Level::kWarning});
  }
  void Configure(log::Format format, log::RateLimit limit = {}) {
    log::Configure({.level = log::Level::kInformation,
                    .format = format,
                    .rate_limit = limit,
                    .clock = &clock_,
                    .sink = [this](std::string_view line) { lines_.emplace_back(line); }});
  }
  std::string Last() const { return lines_.empty() ? "" : lines_.back(); }

  testing_support::FakeClock clock_;
  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesTheFormatOfTheSpecification) {
  log::Info("FX quote created for tenant {TenantId}",
            {{"TenantId", "blue"}, {"QuoteId", "quote_123"}, {"Amount", 1000}});
  EXPECT_EQ(Last(),
            "{\"timestamp\":\"2026-06-30T12:00:00.000Z\",\"level\":\"Information\","
            "\"messageTemplate\":\"FX quote created for tenant {TenantId}\","
            "\"properties\":{\"TenantId\":\"blue\",\"QuoteId\":\"quote_123\",\"Amount\":1000}}\n");
}

TEST_F(LogTest, KeepsTheTypesOfValues) {
  log::Info("m", {{"A", -5}, {"B", 18446744073709551615U}, {"C", 1.5}, {"D", true}, {"E", NAN}});
  EXPECT_THAT(Last(),
              HasSubstr("{\"A\":-5,\"B\":18446744073709551615,\"C\":1.5,\"D\":true,\"E\":null}"));
}

TEST_F(LogTest, NamesTheLevels) {
  log::Error("m");
  log::Warning("m");
  EXPECT_THAT(lines_,
              ElementsAre(HasSubstr("\"level\":\"Error\""), HasSubstr("\"level\":\"Warning\"")));
}

TEST_F(LogTest, FillsTheTemplateForPeopleAndAddsTheRest) {
  Configure(log::Format::kText);
  log::Info("Quote for {TenantId} in {{braces} {Unknown}",
            {{"Amount", 1000}, {"TenantId", "blue"}});
  EXPECT_EQ(Last(),
            "2026-06-30T12:00:00.000Z info  Quote for blue in {braces} {Unknown}  Amount=1000\n");
}

TEST_F(LogTest, AValueCannotBeginALineOrMoveACursor) {
  const std::string evil = "a\nb\x1b[2J\x7f\xC2\x9B\"\\";
  log::Info("{User}", {{"User", evil}});
  EXPECT_THAT(Last(), HasSubstr(R"("User":"a\nb\u001b[2J\u007f\u009b\"\\")"));
  Configure(log::Format::kText);
  log::Info("{User}", {{"User", evil}});
  EXPECT_THAT(Last(), HasSubstr(R"(a\nb\x1b[2J\x7f\x9b"\)"));
}

TEST_F(LogTest, BytesThatAreNotUtf8DoNotMakeTheLineInvalid) {
  log::Info("m", {{"User", "a\xFFz"}});
  EXPECT_THAT(Last(), HasSubstr("\"User\":\"a\xEF\xBF\xBDz\""));
}

TEST_F(LogTest, ALongValueIsCut) {
  log::Info("m", {{"Body", std::string(1'000'000, 'x')}});
  EXPECT_LT(Last().size(), 5000U);
}

TEST_F(LogTest, AmbientFieldsAreOnEveryLineOfTheThread) {
  const log::Fields fields = {{"TenantId", "blue"}, {"CorrelationId", "abc-123"}};
  EXPECT_EQ(log::SetAmbient(&fields), nullptr);
  log::Info("m", {{"Amount", 1}});
  EXPECT_THAT(Last(),
              HasSubstr("{\"Amount\":1,\"TenantId\":\"blue\",\"CorrelationId\":\"abc-123\"}"));
  EXPECT_EQ(log::SetAmbient(nullptr), &fields);
  log::Info("m");
  EXPECT_THAT(Last(), HasSubstr("\"properties\":{}"));
}

TEST_F(LogTest, ALinesOwnFieldWinsOverTheAmbientOne) {
  const log::Fields fields = {{"TenantId", "blue"}};
  log::SetAmbient(&fields);
  log::Info("m", {{"TenantId", TenantId::Parse("green").value()}});
  EXPECT_THAT(Last(), HasSubstr("\"properties\":{\"TenantId\":\"green\"}"));
}

TEST_F(LogTest, WhatIsBelowTheLevelIsNotWritten) {
  log::Debug("m");
  EXPECT_TRUE(lines_.empty());
  log::SetLevel(log::Level::kDebug);
  log::Debug("m");
  EXPECT_EQ(lines_.size(), 1U);
}

TEST_F(LogTest, OneTemplateIsLimitedAndSaysWhatIsMissing) {
  Configure(log::Format::kJson, {.per_second = 10, .burst = 3});
  for (int i = 0; i < 100; ++i) log::Info("again {N}", {{"N", i}});
  EXPECT_EQ(lines_.size(), 3U);
  clock_.Advance(100ms);
  log::Info("again {N}", {{"N", 100}});
  EXPECT_THAT(Last(), HasSubstr("\"N\":100,\"Suppressed\":97"));
}

TEST_F(LogTest, ALimitedTemplateLeavesTheOthersAlone) {
  Configure(log::Format::kJson, {.per_second = 1, .burst = 1});
  log::Info("one");
  log::Info("one");
  log::Info("two");
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("one"), HasSubstr("two")));
}

TEST(Log, GoesToStderrOneLineAnEntry) {
  log::Configure({.format = log::Format::kJson});
  ::testing::internal::CaptureStderr();
  log::Info("first");
  log::Info("second");
  const auto written = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 2);
  EXPECT_THAT(written, HasSubstr("\"messageTemplate\":\"second\",\"properties\":{}}\n"));
}

}  // namespace
}  // namespace notify
