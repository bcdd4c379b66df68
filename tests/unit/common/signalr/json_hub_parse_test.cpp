#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/signalr/json_hub_protocol.hpp"

namespace notify::signalr {
namespace {

using testing::ElementsAre;

Result<HubParse> ParseWhole(const std::string& bytes, const HubLimits& limits = {}) {
  std::string_view input = bytes;
  std::string values;
  return JsonHubProtocol(limits).Parse(input, values);
}

// `text` must outlive what is returned: the payload is not copied.
template <typename Message>
Message ParseAs(const std::string& text) {
  return std::get<Message>(std::get<HubMessage>(ParseWhole(text).value()));
}

Errc CodeOf(const std::string& text, const HubLimits& limits = {}) {
  const auto parsed = ParseWhole(text + kRecordSeparator, limits);
  return parsed ? Errc::kInterrupted : parsed.error().code;
}

std::string Nested(int depth) {
  const auto count = static_cast<std::size_t>(depth - 2);  // the message and its arguments
  return R"({"type":1,"target":"t","arguments":[)" + std::string(count, '[') +
         std::string(count, ']') + "]}";
}

TEST(JsonHubParse, TakesOneMessageAtATime) {
  const std::string bytes = "{\"type\":6}\x1e{\"type\":7}\x1e{\"type\"";
  std::string_view input = bytes;
  std::string values;
  const JsonHubProtocol protocol;
  EXPECT_TRUE(std::holds_alternative<Ping>(std::get<HubMessage>(*protocol.Parse(input, values))));
  EXPECT_TRUE(std::holds_alternative<Close>(std::get<HubMessage>(*protocol.Parse(input, values))));
  EXPECT_TRUE(std::holds_alternative<NeedMore>(*protocol.Parse(input, values)));
  EXPECT_EQ(input, "{\"type\"");
}

TEST(JsonHubParse, WaitsForTheTerminatorAtEveryCut) {
  const std::string bytes = "{\"type\":1,\"target\":\"t\",\"arguments\":[]}\x1e";
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view input = std::string_view(bytes).substr(0, size);
    std::string values;
    EXPECT_TRUE(std::holds_alternative<NeedMore>(*JsonHubProtocol().Parse(input, values))) << size;
    EXPECT_EQ(input.size(), size);
  }
}

TEST(JsonHubParse, KeepsPayloadsWordForWord) {
  const std::string text =
      "{\"type\":1,\"target\":\"t\",\"arguments\":[ 1e400 ,123456789012345678901234567890,"
      "{ \"a\" : [1.0, \"\\ud800\"] }]}\x1e";
  EXPECT_THAT(
      ParseAs<Invocation>(text).arguments,
      ElementsAre("1e400", "123456789012345678901234567890", "{ \"a\" : [1.0, \"\\ud800\"] }"));
}

TEST(JsonHubParse, DoesNotCopyPayloads) {
  const std::string text = "{\"type\":2,\"invocationId\":\"1\",\"item\":{\"a\":1}}\x1e";
  EXPECT_EQ(ParseAs<StreamItem>(text).item.data(), text.data() + text.find("{\"a\""));
}

TEST(JsonHubParse, DecodesNamesAndKeys) {
  const std::string text = R"({"\u0074ype":1,"target":"\u05e9\uD83D\uDE00\n\/","arguments":[]})"
                           "\x1e";
  EXPECT_EQ(ParseAs<Invocation>(text).target, "\u05e9\U0001F600\n/");
}

TEST(JsonHubParse, AnInvocationWithoutIdOrWithAnEmptyOneWantsNoAnswer) {
  const std::string without = "{\"type\":1,\"target\":\"t\",\"arguments\":[]}\x1e";
  const std::string empty =
      "{\"type\":1,\"invocationId\":\"\",\"target\":\"t\",\"arguments\":[]}\x1e";
  EXPECT_FALSE(ParseAs<Invocation>(without).invocation_id);
  EXPECT_FALSE(ParseAs<Invocation>(empty).invocation_id);
}

TEST(JsonHubParse, OtherMessagesNeedAnIdThatIsNotEmpty) {
  EXPECT_EQ(CodeOf(R"({"type":2,"invocationId":"","item":1})"), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(R"({"type":3,"invocationId":""})"), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(R"({"type":4,"invocationId":"","target":"t","arguments":[]})"),
            Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(R"({"type":5})"), Errc::kInvalidArgument);
}

TEST(JsonHubParse, TellsAResultOfNullFromNoResult) {
  const std::string null = "{\"type\":3,\"invocationId\":\"1\",\"result\":null}\x1e";
  const std::string none = "{\"type\":3,\"invocationId\":\"1\"}\x1e";
  EXPECT_EQ(ParseAs<Completion>(null).result, "null");
  EXPECT_FALSE(ParseAs<Completion>(none).result);
}

TEST(JsonHubParse, ReportsTheTypeThatItIgnores) {
  const auto parsed = ParseWhole("{\"type\":42,\"target\":[1],\"new\":{}}\x1e");
  EXPECT_EQ(std::get<IgnoredMessage>(*parsed).type, 42);
}

TEST(JsonHubParse, RefusesATypeThatIsNoInteger) {
  for (const auto* type : {"\"1\"", "1.0", "1e0", "null", "true", "99999999999999999999"}) {
    EXPECT_EQ(CodeOf("{\"type\":" + std::string(type) + "}"), Errc::kInvalidArgument) << type;
  }
}

TEST(JsonHubParse, RefusesAKnownPropertyThatComesTwice) {
  EXPECT_EQ(CodeOf(R"({"type":6,"type":7})"), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(R"({"type":1,"target":"t","arguments":[1],"arguments":[2]})"),
            Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(R"({"type":6,"x":1,"x":2})"), Errc::kInterrupted);
}

TEST(JsonHubParse, RefusesAWrongTypeOfEachProperty) {
  for (const std::string text :
       {R"({"type":1,"target":null,"arguments":[]})",
        R"({"type":1,"target":"\ud800","arguments":[]})",
        R"({"type":1,"target":"t","arguments":[],"streamIds":"1"})",
        R"({"type":1,"target":"t","arguments":[],"streamIds":[1]})",
        R"({"type":1,"target":"t","arguments":[],"headers":[]})",
        R"({"type":7,"allowReconnect":"true"})", R"({"type":7,"error":null})", R"({"type":8})",
        R"({"type":8,"sequenceId":"1"})", R"({"type":9,"sequenceId":-1})"}) {
    EXPECT_EQ(CodeOf(text), Errc::kInvalidArgument) << text;
  }
}

TEST(JsonHubParse, RefusesWhatIsNoJsonAnywhereInTheMessage) {
  for (const std::string text :
       {"", "{\"type\":6", "{\"type\":6}}", "{\"type\":6,}", "{\"type\":6}{}", "{'type':6}",
        "{\"type\":6,\"x\":[1 2]}", "{\"type\":6,\"x\":[tru]}", "{\"type\":6,\"x\":01}",
        "{\"type\":1,\"target\":\"t\",\"arguments\":[1 2]}", "{\"type\":6,\"x\":\"\\q\"}",
        "{\"type\":6,\"x\":\"\n\"}", "{\"type\":6,\"x\":\"\xff\"}", "\xef\xbb\xbf{\"type\":6}"}) {
    EXPECT_EQ(CodeOf(text), Errc::kInvalidJson) << text;
  }
}

TEST(JsonHubParse, AllowsADepthOf64AndNoMore) {
  EXPECT_EQ(CodeOf(Nested(64)), Errc::kInterrupted);
  EXPECT_EQ(CodeOf(Nested(65)), Errc::kJsonTooDeep);
}

TEST(JsonHubParse, RefusesAMessageAboveTheLimitBeforeItIsComplete) {
  HubLimits limits;
  limits.max_message_bytes = 10;
  EXPECT_EQ(CodeOf("{\"type\":6}", limits), Errc::kInterrupted);
  EXPECT_EQ(CodeOf("{\"type\":6 }", limits), Errc::kBodyTooLarge);
  const auto parsed = ParseWhole("{\"type\":1,", limits);
  EXPECT_TRUE(std::holds_alternative<NeedMore>(*parsed));
  EXPECT_FALSE(ParseWhole("{\"type\":1,\"", limits));
}

}  // namespace
}  // namespace notify::signalr
