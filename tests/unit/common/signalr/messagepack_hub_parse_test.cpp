#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/signalr/messagepack_hub_protocol.hpp"
#include "tests/unit/common/signalr/messagepack_bytes.hpp"

namespace notify::signalr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MessagePackHubParse : public testing::Test {
 protected:
  // One message, without its length.
  Result<HubParse> Parse(const std::string& body, const HubLimits& limits = {}) {
    const std::string bytes = Framed(body);
    std::string_view input = bytes;
    auto parsed = MessagePackHubProtocol(limits).Parse(input, values_);
    EXPECT_TRUE(!parsed || input.empty());
    return parsed;
  }

  template <typename Message>
  Message ParseAs(std::string_view hex) {
    return std::get<Message>(std::get<HubMessage>(Parse(Bytes(hex)).value()));
  }

  std::string Refusal(std::string_view hex) {
    const auto parsed = Parse(Bytes(hex));
    if (parsed) return "none";
    EXPECT_EQ(parsed.error().code, Errc::kInvalidArgument);
    return parsed.error().detail;
  }

  Errc CodeOf(const std::string& body, const HubLimits& limits = {}) {
    const auto parsed = Parse(body, limits);
    return parsed ? Errc::kInterrupted : parsed.error().code;
  }

  std::string values_;
};

TEST_F(MessagePackHubParse, TakesOneMessageAtATime) {
  const std::string bytes = Bytes("02 91 06  04 93 07 c0 c3  05 01");
  std::string_view input = bytes;
  const MessagePackHubProtocol protocol;
  EXPECT_TRUE(std::holds_alternative<Ping>(std::get<HubMessage>(*protocol.Parse(input, values_))));
  EXPECT_TRUE(std::holds_alternative<Close>(std::get<HubMessage>(*protocol.Parse(input, values_))));
  EXPECT_TRUE(std::holds_alternative<NeedMore>(*protocol.Parse(input, values_)));
  EXPECT_EQ(Hex(input), "0501");
}

TEST_F(MessagePackHubParse, WaitsForTheWholeMessageAtEveryCut) {
  const std::string bytes = Framed(Bytes("95 01 80 c0 a1 74 91 da 00 80") + std::string(128, 'x'));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view input = std::string_view(bytes).substr(0, size);
    EXPECT_TRUE(std::holds_alternative<NeedMore>(*MessagePackHubProtocol().Parse(input, values_)))
        << size;
    EXPECT_EQ(input.size(), size);
  }
}

TEST_F(MessagePackHubParse, AnInvocationHasItsArgumentsAsJson) {
  const auto call = ParseAs<Invocation>(
      "96 01 80 a1 37 a1 74 93 cf ff ff ff ff ff ff ff ff 81 a1 61 c4 01 00 c0 91 a1 39");
  EXPECT_EQ(call.invocation_id, "7");
  EXPECT_EQ(call.target, "t");
  EXPECT_THAT(call.arguments, ElementsAre("18446744073709551615", R"({"a":"AA=="})", "null"));
  EXPECT_THAT(call.stream_ids, ElementsAre("9"));
  EXPECT_EQ(call.headers, "");
}

TEST_F(MessagePackHubParse, AStreamInvocationIsAnInvocationWithAnId) {
  const auto call = ParseAs<StreamInvocation>("96 04 81 a1 6b a1 76 a1 37 a1 74 91 05 91 a1 39");
  EXPECT_EQ(call.invocation_id, "7");
  EXPECT_EQ(call.target, "t");
  EXPECT_THAT(call.arguments, ElementsAre("5"));
  EXPECT_THAT(call.stream_ids, ElementsAre("9"));
  EXPECT_EQ(call.headers, R"({"k":"v"})");
}

TEST_F(MessagePackHubParse, ValuesLieWhereTheCallerHoldsThemEvenWhenTheyGrowLong) {
  std::string body = Bytes("95 01 81 a1 6b a1 76 c0 a1 74 92 da 10 00") + std::string(4096, 'x');
  body += Bytes("da 10 00") + std::string(4096, 'y');
  const auto call = std::get<Invocation>(std::get<HubMessage>(Parse(body).value()));
  EXPECT_EQ(call.headers.data(), values_.data());
  EXPECT_EQ(call.arguments[1], '"' + std::string(4096, 'y') + '"');
  EXPECT_EQ(call.arguments[1].data() + call.arguments[1].size(), values_.data() + values_.size());
}

TEST_F(MessagePackHubParse, ForgetsTheValuesOfTheMessageBefore) {
  ParseAs<StreamItem>("94 02 80 a1 31 c3");
  EXPECT_EQ(ParseAs<StreamItem>("94 02 80 a1 31 c2").item, "false");
  EXPECT_EQ(values_, "false");
}

TEST_F(MessagePackHubParse, StreamIdsMayBeLeftOut) {
  EXPECT_THAT(ParseAs<Invocation>("95 01 80 c0 a1 74 90").stream_ids, IsEmpty());
  EXPECT_THAT(ParseAs<StreamInvocation>("95 04 80 a1 31 a1 74 90").stream_ids, IsEmpty());
}

TEST_F(MessagePackHubParse, AnInvocationWithoutIdOrWithAnEmptyOneWantsNoAnswer) {
  EXPECT_FALSE(ParseAs<Invocation>("95 01 80 c0 a1 74 90").invocation_id);
  EXPECT_FALSE(ParseAs<Invocation>("95 01 80 a0 a1 74 90").invocation_id);
}

TEST_F(MessagePackHubParse, OtherMessagesNeedAnIdThatIsNotEmpty) {
  EXPECT_EQ(Refusal("94 02 80 c0 01"), "Null or empty invocation ID for StreamItem message.");
  EXPECT_EQ(Refusal("94 03 80 a0 02"), "Null or empty invocation ID for Completion message.");
  EXPECT_EQ(Refusal("95 04 80 c0 a1 74 90"),
            "Null or empty invocation ID for StreamInvocation message.");
  EXPECT_EQ(Refusal("93 05 80 c0"), "Null or empty invocation ID for CancelInvocation message.");
}

TEST_F(MessagePackHubParse, ACompletionHasAnErrorAResultOrNeither) {
  const auto failed = ParseAs<Completion>("95 03 80 a1 31 01 a1 65");
  EXPECT_EQ(failed.error, "e");
  EXPECT_FALSE(failed.result);
  const auto returned = ParseAs<Completion>("95 03 80 a1 31 03 91 01");
  EXPECT_EQ(returned.result, "[1]");
  EXPECT_FALSE(returned.error);
  const auto nothing = ParseAs<Completion>("94 03 80 a1 31 02");
  EXPECT_FALSE(nothing.result || nothing.error);
}

TEST_F(MessagePackHubParse, TellsAResultOfNilFromNoResult) {
  EXPECT_EQ(ParseAs<Completion>("95 03 80 a1 31 03 c0").result, "null");
  EXPECT_FALSE(ParseAs<Completion>("94 03 80 a1 31 02").result);
}

TEST_F(MessagePackHubParse, AnErrorOfNilIsStillAnError) {
  EXPECT_EQ(ParseAs<Completion>("95 03 80 a1 31 01 c0").error, "");
}

TEST_F(MessagePackHubParse, EachMessageKeepsItsHeaders) {
  const std::string json = "{\"k\\n\":\"v\",\"\u05e9\":\"\\\"\"}";
  const std::string_view map = " 82 a2 6b 0a a1 76 a2 d7 a9 a1 22 ";
  const auto hex = [map](std::string_view before, std::string_view after) {
    return std::string(before) + std::string(map) + std::string(after);
  };
  EXPECT_EQ(ParseAs<Invocation>(hex("95 01", "c0 a1 74 91 01")).headers, json);
  EXPECT_EQ(ParseAs<StreamItem>(hex("94 02", "a1 31 01")).headers, json);
  EXPECT_EQ(ParseAs<StreamItem>(hex("94 02", "a1 31 01")).item, "1");
  EXPECT_EQ(ParseAs<Completion>(hex("95 03", "a1 31 03 01")).headers, json);
  EXPECT_EQ(ParseAs<CancelInvocation>(hex("93 05", "a1 31")).headers, json);
}

TEST_F(MessagePackHubParse, ACloseMayEndWithItsError) {
  EXPECT_EQ(ParseAs<Close>("92 07 a1 65").error, "e");
  EXPECT_FALSE(ParseAs<Close>("92 07 c0").error);
  EXPECT_FALSE(ParseAs<Close>("92 07 c0").allow_reconnect);
  EXPECT_TRUE(ParseAs<Close>("93 07 c0 c3").allow_reconnect);
}

TEST_F(MessagePackHubParse, IntegersMayHaveAnyWidth) {
  EXPECT_EQ(ParseAs<Ack>("92 d3 00 00 00 00 00 00 00 08 ce 00 00 00 2a").sequence_id, 42);
  EXPECT_EQ(ParseAs<Sequence>("92 cc 09 cf 7f ff ff ff ff ff ff ff").sequence_id, INT64_MAX);
}

TEST_F(MessagePackHubParse, IgnoresItemsThatItDoesNotKnow) {
  EXPECT_EQ(ParseAs<StreamItem>("96 02 80 a1 31 05 c7 01").item, "5");
  EXPECT_EQ(ParseAs<Ack>("93 08 2a c0").sequence_id, 42);
  EXPECT_NO_THROW(ParseAs<Ping>("92 06 80"));
}

TEST_F(MessagePackHubParse, ReportsTheTypeThatItIgnores) {
  EXPECT_EQ(std::get<IgnoredMessage>(*Parse(Bytes("92 2a c1"))).type, 42);
  EXPECT_EQ(std::get<IgnoredMessage>(*Parse(Bytes("91 00"))).type, 0);
  EXPECT_EQ(std::get<IgnoredMessage>(*Parse(Bytes("91 ff"))).type, -1);
}

TEST_F(MessagePackHubParse, WhatIsNoListOfArgumentsCountsAsAnEmptyOne) {
  EXPECT_THAT(ParseAs<Invocation>("94 01 80 a1 31 a1 74").arguments, IsEmpty());
  const auto call = ParseAs<Invocation>("96 01 80 a1 31 a1 74 81 a1 61 05 91 a1 39");
  EXPECT_THAT(call.arguments, IsEmpty());
  EXPECT_THAT(call.stream_ids, ElementsAre("9"));
}

TEST_F(MessagePackHubParse, RefusesAWrongTypeOfEachItem) {
  EXPECT_EQ(Refusal("81 a1 61 01"), "Reading array length for 'elementCount' failed.");
  EXPECT_EQ(Refusal("90"), "Reading 'messageType' as Int32 failed.");
  EXPECT_EQ(Refusal("91 ca 3f 80 00 00"), "Reading 'messageType' as Int32 failed.");
  EXPECT_EQ(Refusal("95 01 80 c0 a1 ff 90"), "Reading 'target' as String failed.");
  EXPECT_EQ(Refusal("96 01 80 c0 a1 74 90 c0"), "Reading array length for 'streamIds' failed.");
  EXPECT_EQ(Refusal("96 01 80 c0 a1 74 90 91 01"), "Reading 'streamIds' as String failed.");
  EXPECT_EQ(Refusal("93 07 c0 c0"), "Reading 'allowReconnect' as Boolean failed.");
  EXPECT_EQ(Refusal("93 07 01 c2"), "Reading 'error' as String failed.");
  EXPECT_EQ(Refusal("92 08 ff"), "'sequenceId' must not be negative.");
  EXPECT_EQ(Refusal("92 09 cf ff ff ff ff ff ff ff ff"), "Reading 'sequenceId' as Int64 failed.");
}

TEST_F(MessagePackHubParse, RefusesHeadersThatAreNoMapOfStrings) {
  EXPECT_EQ(Refusal("93 05 c0 a1 31"), "Reading map length for 'headers' failed.");
  EXPECT_EQ(Refusal("93 05 81 a1 6b c0 a1 31"), "Null or empty value in header.");
  EXPECT_EQ(Refusal("93 05 81 a1 6b a1 ff a1 31"), "Reading 'headers[0].Value' as String failed.");
}

TEST_F(MessagePackHubParse, RefusesAMessageThatAnnouncesFewerItemsThanItNeeds) {
  EXPECT_EQ(Refusal("91 08 2a"), "The message needs 2 items and announces 1.");
  EXPECT_EQ(Refusal("93 02 80 a1 31 05"), "The message needs 4 items and announces 3.");
}

TEST_F(MessagePackHubParse, RefusesAValueThatJsonCannotSay) {
  EXPECT_EQ(CodeOf(Bytes("94 02 80 a1 31 ca 7f c0 00 00")), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(Bytes("95 01 80 c0 a1 74 92 01 81 01 02")), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(Bytes("95 03 80 a1 31 03 d4 05 00")), Errc::kInvalidArgument);
}

TEST_F(MessagePackHubParse, RefusesAMessageThatIsCutShortInItsFrame) {
  const std::string whole =
      Bytes("96 01 81 a1 6b a1 76 a1 31 a1 74 92 01 82 a1 61 c0 a1 62 c3 91 a1 39");
  ASSERT_EQ(CodeOf(whole), Errc::kInterrupted);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(CodeOf(whole.substr(0, size)), Errc::kInvalidArgument) << size;
  }
}

TEST_F(MessagePackHubParse, RefusesSizesThatTheMessageCannotHold) {
  EXPECT_EQ(CodeOf(Bytes("dd ff ff ff ff 01")), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(Bytes("95 01 df ff ff ff ff c0 a1 74 90")), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(Bytes("95 01 80 c0 a1 74 dd ff ff ff ff")), Errc::kInvalidArgument);
  EXPECT_EQ(CodeOf(Bytes("96 01 80 c0 a1 74 90 dd ff ff ff ff")), Errc::kInvalidArgument);
}

TEST_F(MessagePackHubParse, AllowsADepthOf64AndNoMore) {
  const auto item = [](std::size_t depth) {  // the message itself included
    return Bytes("94 02 80 a1 31") + std::string(depth - 2, '\x91') + '\x90';
  };
  EXPECT_EQ(CodeOf(item(64)), Errc::kInterrupted);
  EXPECT_EQ(CodeOf(item(65)), Errc::kJsonTooDeep);
  const auto call = [](std::size_t depth) {  // its list of arguments too
    return Bytes("95 01 80 c0 a1 74 91") + std::string(depth - 3, '\x91') + '\x90';
  };
  EXPECT_EQ(CodeOf(call(64)), Errc::kInterrupted);
  EXPECT_EQ(CodeOf(call(65)), Errc::kJsonTooDeep);
}

TEST_F(MessagePackHubParse, RefusesAMessageAboveTheLimitBeforeItIsComplete) {
  HubLimits limits;
  limits.max_message_bytes = 4;
  EXPECT_EQ(CodeOf(Bytes("93 07 c0 c3"), limits), Errc::kInterrupted);
  const std::string begun = Bytes("05");
  std::string_view input = begun;
  const auto parsed = MessagePackHubProtocol(limits).Parse(input, values_);
  EXPECT_EQ(parsed.error().code, Errc::kBodyTooLarge);
}

TEST_F(MessagePackHubParse, RefusesAnEmptyMessage) {
  EXPECT_EQ(CodeOf(""), Errc::kInvalidArgument);
}

}  // namespace
}  // namespace notify::signalr
