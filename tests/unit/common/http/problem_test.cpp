#include "common/http/problem.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/version_conflict.hpp"

namespace notify::http {
namespace {

using namespace std::chrono_literals;

Error RoundTrip(const Error& error, std::string* correlation_id = nullptr) {
  return ParseProblem(Describe(error.code).http_status, ProblemJson(error, "c-1"), correlation_id);
}

TEST(Problem, EveryCodeSurvivesTheWire) {
  for (const auto& info : AllErrcs()) {
    EXPECT_EQ(RoundTrip(Fail(info.code, "why")).code, info.code) << info.name;
  }
}

TEST(Problem, AVersionConflictHasTheCurrentVersionAsAMember) {
  const Error error = VersionConflict(7, "The stream is at version 7.", "Read it again.");
  const auto json = nlohmann::json::parse(ProblemJson(error, "c-1"));
  EXPECT_EQ(json.at("currentVersion"), 7);
  EXPECT_FALSE(json.contains("errors"));
  EXPECT_EQ(CurrentVersionOf(RoundTrip(error)), 7U);
  EXPECT_FALSE(CurrentVersionOf(RoundTrip(Fail(Errc::kConflict, "other"))).has_value());
}

TEST(Problem, CarriesDetailHintFieldErrorsAndCorrelationId) {
  auto error = Fail(Errc::kInvalidConfig, "Two keys are wrong.", "notifyd --check-config");
  error.errors = {{.pointer = "/hosts/0", .detail = "not a host", .line = 7}};
  std::string correlation;
  const auto parsed = RoundTrip(error, &correlation);
  EXPECT_EQ(parsed.detail, error.detail);
  EXPECT_EQ(parsed.hint, error.hint);
  ASSERT_EQ(parsed.errors.size(), 1U);
  EXPECT_EQ(parsed.errors[0].pointer, "/hosts/0");
  EXPECT_EQ(parsed.errors[0].line, 7);
  EXPECT_EQ(correlation, "c-1");
}

TEST(Problem, RetryAfterIsRoundedUpToWholeSeconds) {
  auto error = Fail(Errc::kRateLimited, "Too fast.");
  error.retry_after = 1'200ms;
  EXPECT_EQ(nlohmann::json::parse(ProblemJson(error, "")).at("retryAfter"), 2);
  EXPECT_EQ(RoundTrip(error).retry_after, 2s);
}

TEST(Problem, StatusAndTitleComeFromTheErrorTable) {
  const auto body =
      nlohmann::json::parse(ProblemJson(Fail(Errc::kGap, "Older events are gone."), "c"));
  EXPECT_EQ(body.at("status"), 410);
  EXPECT_EQ(body.at("code"), "gap");
  EXPECT_EQ(body.at("title"), Describe(Errc::kGap).sentence);
}

TEST(Problem, BytesThatAreNotUtf8StillMakeJson) {
  EXPECT_TRUE(nlohmann::json::accept(ProblemJson(Fail(Errc::kInvalidEvent, "bad \xff byte"), "")));
}

TEST(Problem, AForeignAnswerGivesTheCodeOfItsStatus) {
  EXPECT_EQ(ParseProblem(404, "<html>nginx</html>", nullptr).code, Errc::kNotFound);
  EXPECT_EQ(ParseProblem(503, "", nullptr).code, Errc::kUnavailable);
  EXPECT_EQ(ParseProblem(418, "[]", nullptr).code, Errc::kInternal);
  EXPECT_FALSE(ParseProblem(502, "", nullptr).detail.empty());
}

TEST(Problem, MembersOfTheWrongTypeAreIgnored) {
  const auto error = ParseProblem(
      400, R"({"code":7,"detail":[],"retryAfter":"soon","errors":[1,{"line":"x"}]})", nullptr);
  EXPECT_EQ(error.code, Errc::kInvalidArgument);
  EXPECT_FALSE(error.retry_after.has_value());
  EXPECT_EQ(error.errors.size(), 1U);
}

}  // namespace
}  // namespace notify::http
