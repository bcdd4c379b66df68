#include "agent/ingress/gateway/event_extractor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent::ingress {
namespace {

using nlohmann::json;

constexpr std::string_view kQuote = R"({
  "quoteId": "q_1", "fromCurrency": "USD", "toCurrency": "GBP", "amount": 1000.10, "rate": 0.7475,
  "midMarketRate": 0.7497, "margin": 0.003, "fees": {"amount": 2.5, "currency": "USD"},
  "source": "H.10", "quotedAt": "2026-06-30T12:00:00Z", "validUntil": "2026-06-30T12:05:00Z",
  "customer": {"id": "c_1", "segment": "retail"}, "compliance": {"purpose": "family support"} })";

class ExtractorTest : public ::testing::Test {
 protected:
  ExtractorTest() {
    route_.path = "/api/fx/quote";
    route_.emit.type = "fx.quote.created";
  }
  Result<ExtractedEvent> Extract(std::string_view answer, std::string_view request = "{}") {
    AnsweredRequest answered{route_};
    answered.request_body = request;
    answered.answer_type = type_;
    answered.answer = answer;
    answered.cut = cut_;
    answered.tenant = "blue";
    answered.correlation_id = "corr-1";
    answered.idempotency_key = key_;
    answered.answered_at = Clock::WallTime(std::chrono::seconds(1'782'820'800));
    return ExtractEvent(answered);
  }
  json DataOf(std::string_view answer, std::string_view request = "{}") {
    return json::parse(Extract(answer, request).value().envelope)["data"];
  }
  Errc Refusal(std::string_view answer) { return Extract(answer).error().code; }

  RouteConfig route_;
  std::string type_ = "application/json; charset=utf-8";
  std::string key_;
  bool cut_ = false;
};

TEST_F(ExtractorTest, TheEventHasTypeCorrelationAndTheQuoteAsSubject) {
  const auto envelope = json::parse(Extract(kQuote).value().envelope);
  EXPECT_EQ(envelope["type"], "fx.quote.created");
  EXPECT_EQ(envelope["correlationid"], "corr-1");
  EXPECT_EQ(envelope["subject"], "q_1");
}

TEST_F(ExtractorTest, AQuoteIsCompleteWithTenantTimesCustomerRateAndCompliance) {
  const auto data = DataOf(kQuote);
  EXPECT_EQ(data["tenantId"], "blue");
  EXPECT_EQ(data["correlationId"], "corr-1");
  EXPECT_EQ(data["timestamp"], "2026-06-30T12:00:00.000Z");
  EXPECT_EQ(data["customer"]["segment"], "retail");
  EXPECT_EQ(data["rateDetails"],
            json::parse(R"({"rate": 0.7475, "midMarketRate": 0.7497, "margin": 0.003,
                            "fees": {"amount": 2.5, "currency": "USD"}, "source": "H.10",
                            "quotedAt": "2026-06-30T12:00:00Z",
                            "validUntil": "2026-06-30T12:05:00Z"})"));
  EXPECT_EQ(data["compliance"]["purpose"], "family support");
}

TEST_F(ExtractorTest, EveryByteOfTheQuoteStaysAsTheUpstreamWroteIt) {
  EXPECT_THAT(Extract(kQuote).value().envelope, ::testing::HasSubstr("\"amount\": 1000.10,"));
  EXPECT_THAT(Extract(R"({"id":"x","amount":123456789012345678901234567890})").value().envelope,
              ::testing::HasSubstr("\"amount\":123456789012345678901234567890"));
}

TEST_F(ExtractorTest, TakesTheCustomerFromTheRequestWhereTheAnswerNamesNone) {
  EXPECT_EQ(DataOf(R"({"quoteId":"q"})", R"({"customerId":"c_9"})")["customer"]["id"], "c_9");
  EXPECT_EQ(DataOf(R"({"quoteId":"q"})", "no json")["customer"]["id"], nullptr);
}

TEST_F(ExtractorTest, SaysNullWhereTheUpstreamGivesNothing) {
  const auto data = DataOf("{}");
  EXPECT_TRUE(data["compliance"].is_null());
  EXPECT_TRUE(data["rateDetails"]["margin"].is_null());
}

TEST_F(ExtractorTest, TakesTheMembersThatTheRouteNames) {
  route_.emit.type = "payment.processed";
  route_.emit.data = {{"payment", "/id"}, {"city", "/to/0/city"}, {"none", "/x"}};
  EXPECT_EQ(DataOf(R"({"id": 7.50, "to": [{"city": "Bern"}]})"),
            json::parse(R"({"payment": 7.50, "city": "Bern", "none": null})"));
}

TEST_F(ExtractorTest, PassesAnyOtherAnswerAsItIs) {
  route_.emit.type = "rate.updated";
  EXPECT_THAT(Extract("[1, 2.0]").value().envelope, ::testing::EndsWith("\"data\":[1, 2.0]}"));
}

TEST_F(ExtractorTest, TheDuplicateKeyIsTheRequestsThenTheQuotesThenTheCorrelation) {
  EXPECT_EQ(Extract(R"({"a":1})").value().duplicate_key, "fx.quote.created/corr-1");
  EXPECT_EQ(Extract(R"({"id":"i"})").value().duplicate_key, "fx.quote.created/i");
  EXPECT_EQ(Extract(R"({"id":"i","quoteId":7})").value().duplicate_key, "fx.quote.created/7");
  key_ = "key";
  EXPECT_EQ(Extract(kQuote).value().duplicate_key, "fx.quote.created/key");
}

TEST_F(ExtractorTest, TheLogsQuoteKeepsTheAmountsDigits) {
  const auto quote = Extract(kQuote).value().quote.value();
  EXPECT_EQ(quote.quote_id + quote.from_currency + quote.to_currency + quote.amount,
            "q_1USDGBP1000.10");
}

TEST_F(ExtractorTest, OfACutAnswerOnlyWhatStandsWholeInItIsSeen) {
  cut_ = true;
  route_.emit.type = "payment.processed";
  route_.emit.data = {{"a", "/a"}, {"b", "/b"}, {"first", "/list/0"}, {"list", "/list"}};
  EXPECT_EQ(DataOf(R"({"a":"x,y","list":[1,2,3)"),
            json::parse(R"({"a":"x,y","b":null,"first":1,"list":null})"));
}

TEST_F(ExtractorTest, RefusesACutAnswerAsAWhole) {
  cut_ = true;
  EXPECT_EQ(Refusal(R"({"a":1,"b":2)"), Errc::kEventTooLarge);
}

TEST_F(ExtractorTest, RefusesWhatIsNoQuote) {
  EXPECT_EQ(Refusal("[1]"), Errc::kInvalidJson);
  EXPECT_EQ(Refusal("{\"a\":tru}"), Errc::kInvalidJson);
  EXPECT_EQ(Refusal(""), Errc::kInvalidJson);
  EXPECT_EQ(Refusal(std::string(100, '[') + std::string(100, ']')), Errc::kJsonTooDeep);
  type_ = "text/html";
  EXPECT_EQ(Refusal("{}"), Errc::kContentTypeUnsupported);
}

}  // namespace
}  // namespace notify::agent::ingress
