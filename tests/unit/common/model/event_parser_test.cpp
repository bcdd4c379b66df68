#include "common/model/event_parser.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace notify {
namespace {

class EventParserTest : public ::testing::Test {
 protected:
  Result<ParsedEvents> One(std::string body) { return parser_.ParseOne(body, request_); }
  Result<ParsedEvents> Array(std::string body) { return parser_.ParseArray(body, request_); }
  Result<ParsedEvents> Lines(std::string body) { return parser_.ParseLines(body, request_); }
  Errc Refusal(std::string body) {
    const auto parsed = One(std::move(body));
    return parsed ? Errc::kInternal : parsed.error().code;
  }
  static EventView Event(const ParsedEvents& parsed, std::size_t index = 0) {
    EventView event;
    EXPECT_TRUE(ReadRecord(parsed.batch.Record(index), event).has_value());
    return event;
  }

  testing_support::FakeClock clock_;
  testing_support::SeededRandom random_;
  EventParser::Request request_{.tenant = "blue"};
  EventParser parser_{clock_, random_, EventLimits{.max_event_bytes = 1000, .max_batch = 3}};
};

TEST_F(EventParserTest, ShortFormGetsWhatItLeavesOut) {
  const auto parsed = One(R"({"type":"a.b","data":{"x":[1,2]}})");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
  const EventView event = Event(*parsed);
  EXPECT_EQ(event.source, "/tenants/blue");
  EXPECT_EQ(event.time, "2026-06-30T12:00:00.000Z");
  EXPECT_EQ(event.id.size(), 36U);
  EXPECT_EQ(event.data, R"({"x":[1,2]})");
  EXPECT_FALSE(parsed->has_caller_id[0]);
}

TEST_F(EventParserTest, DataPassesVerbatim) {
  for (const char* data : {R"({ "a" : 1 , "a":2 })", "1e400", R"("t\u00e9xt")", "[ ]", "null", "-0",
                           "true", R"([{"deep":[[]]}])"}) {
    const auto parsed = One(R"({"data":)" + std::string(data) + R"(,"type":"a.b"})");
    ASSERT_TRUE(parsed.has_value()) << data << parsed.error().detail;
    EXPECT_EQ(Event(*parsed).data, data);
  }
}

TEST_F(EventParserTest, StructuredModeKeepsAttributesAndExtensions) {
  request_.require_specversion = true;
  const auto parsed = One(
      R"({"specversion":"1.0","id":"7","source":"/s","type":"a.b","region":"eu","level":3,"flag":true,"stream":"s","streamversion":9})");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
  const EventView event = Event(*parsed);
  EXPECT_EQ(event.extensions.size(), 3U);
  EXPECT_EQ(event.extensions[0].value, "\"eu\"");
  EXPECT_EQ(event.extensions[2].value, "true");
  EXPECT_EQ(event.streamversion, "9");
  EXPECT_TRUE(parsed->has_caller_id[0]);
}

TEST_F(EventParserTest, BreakingARuleHasItsOwnCode) {
  EXPECT_EQ(Refusal(R"({"data":1})"), Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"nodot"})"), Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"tenant.created"})"), Errc::kTypeReserved);
  EXPECT_EQ(Refusal(R"({"type":"a.b","sequence":1})"), Errc::kAttributeReserved);
  EXPECT_EQ(Refusal(R"({"type":"a.b","tenant":"green"})"), Errc::kTenantMismatch);
  EXPECT_EQ(Refusal(R"({"type":"a.b","type":"a.c"})"), Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"a.b","Upper":"x"})"), Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"a.b","ext":{"x":1}})"), Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"a.b","priority":"urgent"})"), Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"a.b","time":"yesterday"})"), Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"a.b","specversion":"0.3"})"), Errc::kInvalidEvent);
}

TEST_F(EventParserTest, SyntaxErrorsAreInvalidJson) {
  for (const char* bad :
       {"", "{", "hello", "nope", "tru", R"({"type":"a.b"} x)", R"({"type":"a.b","data":[1 2]})",
        R"({"type":"a.b","data":tru})", R"({"type":"a.b",})", "\xff"}) {
    EXPECT_EQ(Refusal(bad), Errc::kInvalidJson) << bad;
  }
}

TEST_F(EventParserTest, JsonOfAnotherKindIsNoEvent) {
  for (const char* other : {"[1]", "7", "\"a\"", "true", "null"}) {
    EXPECT_EQ(Refusal(other), Errc::kInvalidEvent) << other;
    EXPECT_EQ(Lines(other)->rejected.at(0).code, Errc::kInvalidEvent) << other;
  }
  EXPECT_EQ(Lines("nope")->rejected.at(0).code, Errc::kInvalidJson);
}

TEST_F(EventParserTest, LimitsHaveTheirOwnErrors) {
  EXPECT_EQ(Refusal(R"({"type":"a.b","data":")" + std::string(1000, 'x') + "\"}"),
            Errc::kEventTooLarge);
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  EXPECT_EQ(Refusal(R"({"type":"a.b","data":)" + deep + "}"), Errc::kJsonTooDeep);
  EXPECT_EQ(Array(R"([{"type":"a.b"},{"type":"a.b"},{"type":"a.b"},{"type":"a.b"}])").error().code,
            Errc::kBatchTooLarge);
}

TEST_F(EventParserTest, OneBadEventOfAnArrayCostsItselfOnly) {
  const auto parsed = Array(R"([{"type":"a.b"},{"type":"bad"},7])");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
  EXPECT_EQ(parsed->batch.size(), 1U);
  ASSERT_EQ(parsed->rejected.size(), 2U);
  EXPECT_EQ(parsed->rejected[0].index, 1U);
  EXPECT_EQ(parsed->rejected[1].index, 2U);
}

TEST_F(EventParserTest, ASyntaxErrorInAnArrayRefusesAllAndNamesItsPlace) {
  const auto parsed = Array(R"([{"type":"a.b"},{"type":"a.b","data":[1 2]}])");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, Errc::kInvalidJson);
  EXPECT_NE(parsed.error().detail.find("At byte"), std::string::npos);
}

TEST_F(EventParserTest, ABadLineCostsOneLine) {
  const auto parsed = Lines(
      "{\"type\":\"a.b\",\"data\":1}\n{\"type\":\n\n{\"type\":\"a.c\"} x\r\n{\"type\":\"a.d\"}");
  ASSERT_FALSE(parsed.has_value());
  const auto three = Lines("{\"type\":\"a.b\",\"data\":1}\n{\"type\":\n\r\n{\"type\":\"a.d\"}\n");
  ASSERT_TRUE(three.has_value());
  ASSERT_EQ(three->batch.size(), 2U);
  EXPECT_EQ(Event(*three, 1).type, "a.d");
  ASSERT_EQ(three->rejected.size(), 1U);
  EXPECT_EQ(three->rejected[0].index, 1U);
  EXPECT_EQ(three->indices[1], 2U);
}

TEST_F(EventParserTest, TextAfterALinesDocumentRejectsTheLine) {
  const auto parsed = Lines("{\"type\":\"a.c\"} x\n{\"type\":\"a.d\"}");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->rejected.size(), 1U);
  EXPECT_EQ(Event(*parsed).type, "a.d");
}

TEST_F(EventParserTest, AnIdempotencyKeyNumbersTheEventsOfABatch) {
  request_.idempotency_key = "k";
  EXPECT_EQ(Event(*One(R"({"type":"a.b"})")).idempotency_key, "k");
  EXPECT_EQ(Event(*Array(R"([{"type":"a.b"},{"type":"a.b"}])"), 1).idempotency_key, "k#1");
}

TEST_F(EventParserTest, BinaryModeTakesTheBodyAsItIs) {
  const std::vector<std::pair<std::string_view, std::string_view>> attributes = {
      {"specversion", "1.0"}, {"type", "a.b"}, {"region", "eu"}};
  std::string json = R"({"x":1})";
  const auto parsed = parser_.ParseBinary(attributes, json, "application/json", request_);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
  EXPECT_EQ(Event(*parsed).data_kind, DataKind::kJson);
  std::string text = "plain";
  EXPECT_EQ(Event(*parser_.ParseBinary(attributes, text, "text/plain", request_)).data_kind,
            DataKind::kBytes);
  std::string broken = "{";
  EXPECT_EQ(parser_.ParseBinary(attributes, broken, "application/json", request_).error().code,
            Errc::kInvalidJson);
}

TEST_F(EventParserTest, WhatIsScheduledForLaterIsHeldApart) {
  const auto parsed =
      Array(R"([{"type":"a.b","id":"now"},)"
            R"({"type":"a.b","id":"later","scheduledat":"2026-06-30T15:00:00+02:00"},)"
            R"({"type":"a.b","id":"late","scheduledat":"2026-06-30T11:59:59Z"}])");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
  EXPECT_EQ(parsed->size(), 3U);
  EXPECT_EQ(parsed->indices, (std::vector<std::size_t>{0, 2}));
  ASSERT_EQ(parsed->held.indices, (std::vector<std::size_t>{1}));
  EXPECT_EQ(parsed->held.due_ms[0], 1'782'824'400'000);
  EXPECT_TRUE(parsed->held.has_caller_id[0]);
  EventView event;
  ASSERT_TRUE(ReadRecord(parsed->held.batch.Record(0), event));
  EXPECT_EQ(event.time, event.scheduledat) << "it happens when it is due";
}

TEST_F(EventParserTest, WhatNoClockReachesIsForLaterToo) {
  const auto parsed = Array(R"([{"type":"a.b","id":"later","scheduledat":"2999-01-01T00:00:00Z"},)"
                            R"({"type":"a.b","id":"past","scheduledat":"1600-01-01T00:00:00Z"}])");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->indices, std::vector<std::size_t>{1});
  EXPECT_EQ(parsed->held.indices, std::vector<std::size_t>{0});
}

TEST_F(EventParserTest, WhatEndsBeforeItBeginsIsRefused) {
  EXPECT_EQ(Refusal(R"({"type":"a.b","scheduledat":"2030-01-01T00:00:00Z",)"
                    R"("expiresat":"2029-12-31T23:59:59Z"})"),
            Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"a.b","scheduledat":"tomorrow"})"), Errc::kInvalidEvent);
}

TEST_F(EventParserTest, ALineWithBytesBehindAScheduledEventLeavesNothing) {
  const auto parsed = Lines(R"({"type":"a.b","scheduledat":"2030-01-01T00:00:00Z"} x)");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->size(), 0U);
  EXPECT_TRUE(parsed->held.due_ms.empty());
  EXPECT_EQ(parsed->rejected.size(), 1U);
}

class ImportParserTest : public EventParserTest {
 protected:
  ImportParserTest() { request_.import = &rules_; }
  ImportRules rules_{.id = "i1", .first_line = 10};
};

TEST_F(ImportParserTest, AttributesOfTheAgentAreDroppedAndTheTimeIsKept) {
  const auto parsed = One(
      R"({"type":"a.b","time":"2020-01-01T00:00:00Z","tenant":"blue","epoch":5,"sequence":6,"recordedtime":"x","imported":false,"erased":true})");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
  const EventView event = Event(*parsed);
  EXPECT_EQ(event.time, "2020-01-01T00:00:00Z");
  ASSERT_EQ(event.extensions.size(), 1U);
  EXPECT_EQ(event.extensions[0].name, kImportedAttribute);
}

TEST_F(ImportParserTest, TheDuplicateKeyIsTheImportAndTheLine) {
  const auto parsed = Lines("{\"type\":\"a.b\"}\n\n{\"type\":\"a.c\",\"id\":\"7\"}\n");
  ASSERT_EQ(parsed->batch.size(), 2U);
  EXPECT_EQ(Event(*parsed, 0).idempotency_key, "import:i1#10");
  EXPECT_EQ(Event(*parsed, 1).idempotency_key, "import:i1#12");
  EXPECT_TRUE(parsed->has_caller_id[0]);
}

TEST_F(ImportParserTest, ARejectedLineSaysWhereItIs) {
  const auto parsed = Lines("\n{\"type\":\"a.b\"}\n\n{\n");
  ASSERT_EQ(parsed->rejected.size(), 1U);
  EXPECT_EQ(parsed->rejected[0].index, 1U);
  EXPECT_EQ(parsed->rejected[0].line, 3U);
}

TEST_F(ImportParserTest, OfTheAgentsOwnTypesOnlyWhatBecameOfNotificationsIsTaken) {
  EXPECT_TRUE(One(R"({"type":"notification.delivered"})").has_value());
  EXPECT_TRUE(One(R"({"type":"delivery.failed"})").has_value());
  EXPECT_EQ(Refusal(R"({"type":"tenant.created"})"), Errc::kTypeReserved);
  EXPECT_EQ(Refusal(R"({"type":"billing.run"})"), Errc::kTypeReserved);
}

TEST_F(ImportParserTest, AnotherTenantsEventsAreTakenOnlyWhenItIsNamed) {
  EXPECT_EQ(Refusal(R"({"type":"a.b","tenant":"green"})"), Errc::kTenantMismatch);
  rules_.from_tenant = "green";
  EXPECT_TRUE(One(R"({"type":"a.b","tenant":"green"})").has_value());
  EXPECT_EQ(Refusal(R"({"type":"a.b","tenant":"red"})"), Errc::kTenantMismatch);
}

TEST_F(ImportParserTest, ASumStandsForAWholeNumber) {
  EXPECT_TRUE(One(R"({"type":"a.b","standsfor":40})").has_value());
  for (const char* count : {"0", "-1", "1.5", "\"4\"", "1000000000", "[4]"}) {
    EXPECT_EQ(Refusal(R"({"type":"a.b","standsfor":)" + std::string(count) + "}"),
              Errc::kInvalidEvent)
        << count;
  }
}

TEST_F(EventParserTest, WhatMarksHistoryIsNotForCallers) {
  for (const char* name : {"imported", "firetriggers", "standsfor"}) {
    EXPECT_EQ(Refusal(R"({"type":"a.b",")" + std::string(name) + "\":1}"),
              Errc::kAttributeReserved);
  }
}

TEST_F(EventParserTest, TheShortFormMaySayWhatItExpectsOfItsStream) {
  const auto exact = One(R"({"type":"a.b","stream":"s","expectedVersion":7})");
  ASSERT_TRUE(exact.has_value()) << exact.error().detail;
  EXPECT_EQ(exact->expected.at(0)->version, 7U);
  EXPECT_TRUE(Event(*exact).extensions.empty()) << "it is no attribute of the event";
  EXPECT_EQ(One(R"({"type":"a.b","stream":"s","expectedVersion":"none"})")->expected.at(0)->version,
            0U);
  EXPECT_TRUE(One(R"({"type":"a.b","stream":"s","expectedVersion":"any"})")->expected.empty());
  request_.require_specversion = true;
  EXPECT_EQ(Refusal(R"({"specversion":"1.0","type":"a.b","stream":"s","expectedVersion":1})"),
            Errc::kInvalidEvent);
}

TEST_F(EventParserTest, WhatIsNoExpectedVersionIsRefused) {
  for (const char* bad : {"-1", "1.5", "9007199254740992", "1e3", "\"1\"", "\"some\"", "true",
                          "null", "[1]", "\"\""}) {
    const std::string body =
        R"({"type":"a.b","stream":"s","expectedVersion":)" + std::string(bad) + "}";
    EXPECT_EQ(Refusal(body), Errc::kInvalidEvent) << bad;
  }
  EXPECT_EQ(Refusal(R"({"type":"a.b","expectedVersion":1})"), Errc::kInvalidEvent)
      << "without a stream";
  EXPECT_EQ(Refusal(R"({"type":"a.b","stream":"s","expectedVersion":1,"expectedVersion":1})"),
            Errc::kInvalidEvent);
}

TEST_F(EventParserTest, AStreamVersionIsAWholeNumberOfAStream) {
  EXPECT_TRUE(One(R"({"type":"a.b","stream":"s","streamversion":9007199254740991})").has_value());
  for (const char* bad : {"0", "-1", "1.5", "9007199254740992", "\"x\""}) {
    const std::string body =
        R"({"type":"a.b","stream":"s","streamversion":)" + std::string(bad) + "}";
    EXPECT_EQ(Refusal(body), Errc::kInvalidEvent) << bad;
  }
  EXPECT_EQ(Refusal(R"({"type":"a.b","streamversion":1})"), Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"a.b","stream":"s","streamversion":3,"expectedVersion":3})"),
            Errc::kInvalidEvent)
      << "it would be the one behind 2";
  EXPECT_TRUE(
      One(R"({"type":"a.b","stream":"s","streamversion":3,"expectedVersion":2})").has_value());
  std::string body = "x";
  EXPECT_FALSE(parser_
                   .ParseBinary(
                       std::vector<std::pair<std::string_view, std::string_view>>{
                           {"type", "a.b"}, {"stream", "s"}, {"streamversion", "01x"}},
                       body, "text/plain", request_)
                   .has_value())
      << "a header is checked as well";
}

TEST_F(EventParserTest, TheQuerysExpectationNeedsAStreamAndStandsAlone) {
  request_.needs_stream = true;
  request_.expected = ExpectedVersion{.version = 4};
  EXPECT_EQ(One(R"({"type":"a.b","stream":"s"})")->expected.at(0)->version, 4U);
  EXPECT_EQ(Refusal(R"({"type":"a.b"})"), Errc::kInvalidEvent);
  EXPECT_EQ(Refusal(R"({"type":"a.b","stream":"s","expectedVersion":4})"), Errc::kInvalidEvent);
}

TEST_F(EventParserTest, AnEventForLaterExpectsNothingYet) {
  EXPECT_EQ(Refusal(R"({"type":"a.b","stream":"s","expectedVersion":1,)"
                    R"("scheduledat":"2026-06-30T13:00:00Z"})"),
            Errc::kInvalidEvent);
  const auto held =
      One(R"({"type":"a.b","stream":"s","streamversion":2,"scheduledat":"2026-06-30T13:00:00Z"})");
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(held->held.batch.size(), 1U) << "its version is checked when it is sent";
}

TEST_F(EventParserTest, ExpectationsStayWithTheirEventsInABatch) {
  const auto parsed = Lines(
      "{\"type\":\"a.b\"}\n"
      "{\"type\":\"a.b\",\"stream\":\"s\",\"expectedVersion\":5} x\n"
      "{\"type\":\"a.b\",\"stream\":\"s\",\"expectedVersion\":6}\n");
  ASSERT_TRUE(parsed.has_value());
  ASSERT_EQ(parsed->batch.size(), 2U);
  ASSERT_EQ(parsed->expected.size(), 2U);
  EXPECT_FALSE(parsed->expected[0].has_value());
  EXPECT_EQ(parsed->expected[1]->version, 6U);
}

TEST(ExpectedVersion, IsAnyNoneOrAVersion) {
  EXPECT_FALSE(ParseExpectedVersion("any")->has_value());
  EXPECT_EQ(ParseExpectedVersion("none")->value().version, 0U);
  EXPECT_EQ(ParseExpectedVersion("0")->value().version, 0U);
  EXPECT_EQ(ParseExpectedVersion("42")->value().version, 42U);
  for (const char* bad :
       {"", "-1", "1.0", "ANY", "+1", " 1", "01", "9007199254740992", "99999999999999999999"}) {
    EXPECT_EQ(ParseExpectedVersion(bad).error().code, Errc::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace notify
