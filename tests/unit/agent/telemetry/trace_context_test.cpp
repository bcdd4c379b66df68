#include "agent/telemetry/trace_context.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/seeded_random.hpp"

namespace notify::agent::telemetry {
namespace {

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kSpan = "b7ad6b7169203331";
const std::string kHeader = "00-" + kTrace + "-" + kSpan + "-01";

class Zeros final : public Random {
 public:
  void Fill(std::span<std::byte> out) override { std::ranges::fill(out, std::byte{0}); }
};

bool IsRefused(const std::string& header) {
  const auto parsed = TraceContext::Parse(header);
  return !parsed && parsed.error().code == Errc::kInvalidArgument;
}

TEST(TraceContext, ReadsAndWritesTheHeaderOfTheSpecification) {
  const auto context = TraceContext::Parse(kHeader);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->TraceIdText(), kTrace);
  EXPECT_EQ(context->span_id()[0], 0xB7);
  EXPECT_TRUE(context->sampled());
  EXPECT_EQ(context->ToHeader(), kHeader);
}

TEST(TraceContext, RefusesWhatIsTooShortOrTooLong) {
  EXPECT_TRUE(IsRefused(""));
  EXPECT_TRUE(IsRefused(kHeader.substr(0, 54)));
  EXPECT_TRUE(IsRefused(kHeader + "-"));
  EXPECT_TRUE(IsRefused(kHeader + "-what"));
  EXPECT_TRUE(IsRefused(" " + kHeader));
}

TEST(TraceContext, RefusesEveryCharacterOutOfPlace) {
  for (std::size_t i = 0; i < kHeader.size(); ++i) {
    for (const char wrong : {'G', 'g', 'A', '_', ' ', '\0'}) {
      std::string header = kHeader;
      header[i] = wrong;
      EXPECT_TRUE(IsRefused(header)) << i << wrong;
    }
  }
}

TEST(TraceContext, RefusesIdsOfZeros) {
  EXPECT_TRUE(IsRefused("00-" + std::string(32, '0') + "-" + kSpan + "-01"));
  EXPECT_TRUE(IsRefused("00-" + kTrace + "-" + std::string(16, '0') + "-01"));
}

TEST(TraceContext, RefusesTheForbiddenVersion) {
  EXPECT_TRUE(IsRefused("ff" + kHeader.substr(2)));
  EXPECT_TRUE(IsRefused("ff" + kHeader.substr(2) + "-more"));
}

TEST(TraceContext, TakesWhatItKnowsOfLaterVersions) {
  for (const std::string more : {"", "-", "-what-the-future-brings"}) {
    const auto context = TraceContext::Parse("cc" + kHeader.substr(2) + more);
    ASSERT_TRUE(context) << more;
    EXPECT_EQ(context->ToHeader(), kHeader);
  }
  EXPECT_TRUE(IsRefused("cc" + kHeader.substr(2) + "."));
}

TEST(TraceContext, DropsFlagsThatItDoesNotKnow) {
  EXPECT_EQ(TraceContext::Parse(kHeader.substr(0, 53) + "ff")->ToHeader(), kHeader);
  EXPECT_FALSE(TraceContext::Parse(kHeader.substr(0, 53) + "02")->sampled());
}

TEST(TraceContext, StaysInItsTraceFromSpanToSpan) {
  testing_support::SeededRandom random;
  const auto parent = TraceContext::Parse(kHeader);
  const TraceContext child = parent->Child(random);
  EXPECT_EQ(child.trace_id(), parent->trace_id());
  EXPECT_NE(child.span_id(), parent->span_id());
  EXPECT_TRUE(child.sampled());
}

TEST(TraceContext, BeginsATraceWhereTheCallerHasNone) {
  testing_support::SeededRandom random;
  EXPECT_EQ(TraceContext::Accept(kHeader, random, false).TraceIdText(), kTrace);
  const TraceContext fresh = TraceContext::Accept("nonsense", random, true);
  EXPECT_NE(fresh.TraceIdText(), kTrace);
  EXPECT_EQ(TraceContext::Parse(fresh.ToHeader()).value(), fresh);
}

TEST(TraceContext, NeverMakesAnIdOfZeros) {
  Zeros zeros;
  const TraceContext context = TraceContext::New(zeros, false);
  EXPECT_TRUE(TraceContext::Parse(context.ToHeader()));
  EXPECT_TRUE(TraceContext::Parse(context.Child(zeros).ToHeader()));
}

}  // namespace
}  // namespace notify::agent::telemetry
