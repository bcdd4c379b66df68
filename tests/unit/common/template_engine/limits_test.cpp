#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/common/template_engine/rendering.hpp"

namespace notify::template_engine {
namespace {

using ::testing::HasSubstr;
using testing_support::MakePartials;
using testing_support::Rendered;

std::string NumbersUpTo(int count) {
  std::string list = "[0";
  for (int i = 1; i < count; ++i) list += "," + std::to_string(i);
  return R"({"list":)" + list + "]}";
}

TEST(Limits, OutputEndsAtItsLimit) {
  RenderOptions options;
  options.limits.output_bytes = 10;
  EXPECT_EQ(Rendered("1234567890", "{}", options), "1234567890");
  EXPECT_THAT(Rendered("12345678901", "{}", options), HasSubstr("larger than 10 bytes"));
}

TEST(Limits, NestedLoopsRunOutOfSteps) {
  const std::string bomb =
      "{{#each list}}{{#each @root.list}}{{#each @root.list}}{{/each}}{{/each}}{{/each}}";
  EXPECT_THAT(Rendered(bomb, NumbersUpTo(1000)), HasSubstr("more than 500000 steps"));
}

TEST(Limits, WorkOnLongTextsCostsSteps) {
  const std::string data = R"({"list":)" + NumbersUpTo(2000).substr(8, std::string::npos);
  const std::string text(200'000, 'x');
  const std::string json = data.substr(0, data.size() - 1) + R"(,"text":")" + text + "\"}";
  EXPECT_THAT(Rendered("{{#each list}}{{#if (eq ../text ../text)}}{{/if}}{{/each}}", json),
              HasSubstr("steps"));
  EXPECT_THAT(Rendered("{{#each list}}{{#if ../text.length}}{{/if}}{{/each}}", json),
              HasSubstr("steps"));
}

TEST(Limits, APartialThatCallsItselfEnds) {
  const Partials partials = MakePartials({{"self", "{{> self}}"}});
  EXPECT_THAT(Rendered("{{> self}}", "{}", {.partials = &partials}),
              HasSubstr("partials call each other deeper than 64"));
}

TEST(Limits, APartialBombEnds) {
  const Partials partials = MakePartials({{"a", "{{> b}}{{> b}}"}, {"b", "{{> a}}{{> a}}"}});
  EXPECT_THAT(Rendered("{{> a}}", "{}", {.partials = &partials}), HasSubstr("deeper than 64"));
}

TEST(Limits, ABlockThatRendersItselfEnds) {
  const Partials partials = MakePartials({{"p", "{{#> p}}{{> @partial-block}}{{/p}}"}});
  EXPECT_THAT(Rendered("{{#> p}}x{{/p}}", "{}", {.partials = &partials}), HasSubstr("deeper than"));
}

TEST(Limits, TheDepthOfOpenBlocksIsBounded) {
  RenderOptions options;
  options.limits.depth = 2;
  const std::string json = R"({"a":{"b":{"c":{}}}})";
  EXPECT_EQ(Rendered("{{#with a}}{{#with b}}x{{/with}}{{/with}}", json, options), "x");
  EXPECT_THAT(
      Rendered("{{#with a}}{{#with b}}{{#with c}}x{{/with}}{{/with}}{{/with}}", json, options),
      HasSubstr("nested deeper than 2"));
}

TEST(Limits, TextsOfHelpersStayWithinTheScratchMemory) {
  RenderOptions options;
  options.limits.scratch_bytes = 16;
  const std::string json = R"({"a":")" + std::string(100'000, 'x') + "\"}";
  EXPECT_THAT(Rendered("{{upper a}}", json, options), HasSubstr("needs more memory"));
}

TEST(Limits, ALoopGivesItsScratchMemoryBack) {
  RenderOptions options;
  options.limits.scratch_bytes = 64 << 10;
  const std::string json = NumbersUpTo(5000);
  EXPECT_EQ(Rendered("{{#each list}}{{#*inline \"p\"}}{{/inline}}{{#if (upper "
                     "\"0123456789\")}}{{/if}}{{/each}}",
                     json, options),
            "");
}

TEST(Limits, ManyArgumentsAtOnceAreRefused) {
  std::string call = "{{and";
  for (int i = 0; i < 200; ++i) call += " 1";
  EXPECT_THAT(Rendered(call + "}}"), HasSubstr("more than 128 arguments at once"));
}

TEST(Limits, DeepDataIsRefused) {
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  EXPECT_EQ(Data::Parse(deep).error().code, Errc::kInvalidJson);
}

}  // namespace
}  // namespace notify::template_engine
