#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/template_engine/rendering.hpp"

namespace notify::template_engine {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::MakePartials;
using testing_support::Rendered;

std::string With(Missing missing, std::string_view source, std::string_view json = "{}") {
  return Rendered(source, json, {.missing = missing});
}

TEST(Strictness, AnUnknownVariableIsAnErrorWithItsPlace) {
  EXPECT_EQ(Rendered("one\n  {{name}}"), "!2:3 unknown variable \"name\"");
}

TEST(Strictness, TheColumnCountsCharactersNotBytes) {
  EXPECT_THAT(Rendered("äöü {{name}}"), StartsWith("!1:5 "));
}

TEST(Strictness, TheErrorNamesThePartOfThePathThatIsMissing) {
  EXPECT_THAT(Rendered("{{a.b.c}}", R"({"a":{}})"), HasSubstr("there is no \"b\" in \"a\""));
  EXPECT_THAT(Rendered("{{a.b}}", R"({"a":null})"), HasSubstr("in \"a\", which is null"));
}

TEST(Strictness, TheErrorSuggestsTheNearestName) {
  EXPECT_THAT(Rendered("{{customr}}", R"({"customer":1})"),
              HasSubstr("did you mean \"customer\"?"));
  EXPECT_THAT(Rendered("{{data.amuont}}", R"({"data":{"amount":1}})"),
              HasSubstr("did you mean \"data.amount\"?"));
  EXPECT_THAT(Rendered("{{@indx}}"), HasSubstr("did you mean \"@index\"?"));
}

TEST(Strictness, TheErrorSuggestsTheSameNameElsewhere) {
  EXPECT_THAT(Rendered("{{amount}}", R"({"data":{"amount":1}})"),
              HasSubstr("did you mean \"data.amount\"?"));
  EXPECT_THAT(Rendered("{{#each list}}{{name}}{{/each}}", R"({"name":1,"list":[{}]})"),
              HasSubstr("did you mean \"../name\"?"));
}

TEST(Strictness, AKnownNullIsEmptyAndNoError) {
  EXPECT_EQ(Rendered("[{{a}}]", R"({"a":null})"), "[]");
}

TEST(Strictness, IfAndUnlessAndDefaultAllowAbsence) {
  EXPECT_EQ(Rendered("{{#if a.b}}x{{else}}y{{/if}}"), "y");
  EXPECT_EQ(Rendered("{{#if (and a (eq b 1))}}x{{else}}y{{/if}}"), "y");
  EXPECT_EQ(Rendered("{{#unless a}}y{{/unless}}"), "y");
  EXPECT_EQ(Rendered("{{default a.b c \"d\"}}"), "d");
}

TEST(Strictness, TheBodyOfAnIfIsAsStrictAsTheRest) {
  EXPECT_THAT(Rendered("{{#if true}}{{a}}{{/if}}", R"({"true":1})"), StartsWith("!1:13 unknown"));
}

TEST(Strictness, LoopsSectionsArgumentsAndPartialContextsMustExist) {
  EXPECT_THAT(Rendered("{{#each a}}{{/each}}"), StartsWith("!1:9 unknown variable"));
  EXPECT_THAT(Rendered("{{#with a}}{{/with}}"), StartsWith("!1:9 unknown variable"));
  EXPECT_THAT(Rendered("{{#a}}{{/a}}"), StartsWith("!1:4 unknown variable"));
  EXPECT_THAT(Rendered("{{upper a}}"), StartsWith("!1:9 unknown variable"));
  EXPECT_THAT(Rendered("{{lookup this \"a\"}}"), HasSubstr("lookup finds no \"a\""));
  const Partials partials = MakePartials({{"p", "x"}});
  EXPECT_THAT(Rendered("{{> p a}}", "{}", {.partials = &partials}), StartsWith("!1:7 unknown"));
}

TEST(Strictness, AnErrorInAPartialNamesThePartial) {
  const Partials partials = MakePartials({{"greeting", "\n{{nobody}}"}});
  const auto compiled = Template::Compile("{{> greeting}}", "main").value();
  std::string out = "kept";
  const auto done = Render(compiled, Data::Parse("{}")->value(), {.partials = &partials}, out);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().template_name, "greeting");
  EXPECT_EQ(done.error().line, 2);
  EXPECT_EQ(done.error().code, Errc::kTemplateData);
  EXPECT_EQ(out, "kept");
}

TEST(Strictness, AMarkerShowsWhatIsMissing) {
  EXPECT_EQ(With(Missing::kMarker, "Hi {{user.name}}!"), "Hi [missing: user.name]!");
  EXPECT_EQ(With(Missing::kMarker, "{{upper name}}"), "[MISSING: NAME]");
  EXPECT_EQ(With(Missing::kMarker, "{{#each a}}x{{else}}none{{/each}}"), "none");
}

TEST(Strictness, EmptyIsWhatHandlebarsJsDoes) {
  EXPECT_EQ(With(Missing::kEmpty, "Hi {{user.name}}!{{#each a}}x{{/each}}"), "Hi !");
}

TEST(Strictness, NothingButTheDataCanBeReached) {
  for (const char* name : {"constructor", "__proto__", "toString", "hasOwnProperty",
                           "constructor.constructor", "this.__proto__.polluted"}) {
    EXPECT_THAT(Rendered("{{" + std::string(name) + "}}"), HasSubstr("unknown variable")) << name;
  }
}

TEST(Strictness, DataMayBearThoseNamesItself) {
  EXPECT_EQ(Rendered("{{constructor}}{{__proto__.x}}", R"({"constructor":1,"__proto__":{"x":2}})"),
            "12");
}

}  // namespace
}  // namespace notify::template_engine
