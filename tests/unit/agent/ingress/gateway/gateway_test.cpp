#include "agent/ingress/gateway/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agent/ingress/http/http_server.hpp"
#include "agent/telemetry/exposition.hpp"
#include "common/log.hpp"
#include "tests/support/recording_audit.hpp"
#include "tests/support/sim/sim_disk.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/unit/agent/ingress/gateway/recording_intake.hpp"
#include "tests/unit/agent/ingress/gateway/scripted_upstream.hpp"

namespace notify::agent::ingress {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;  // NOLINT(google-build-using-namespace): the vocabulary of the
                                  // test.
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* kQuote =
    R"({"quoteId":"q_1","fromCurrency":"USD","toCurrency":"GBP","amount":1000,"rate":0.7475})";

RouteConfig FxRoute() {
  RouteConfig route;
  route.path = "/api/fx/quote";
  route.upstream = "http://127.0.0.1:9000";
  route.emit.type = "fx.quote.created";
  return route;
}

/// The dispatcher's part: a caller of blue, and errors by their code.
class GatewayHandler final : public HttpHandler {
 public:
  explicit GatewayHandler(Gateway& gateway) : gateway_(gateway) {}
  async::Task<void> Handle(Exchange& exchange) override {
    const auto caller = PublisherOf("blue", std::string(exchange.head().path));
    const async::TenantContext context{"blue", "corr-1", {}};
    const auto served = co_await async::WithContext(context, gateway_.Serve(exchange, caller));
    if (served) co_return;
    Response response;
    response.status = Describe(served.error().code).http_status;
    response.body = Describe(served.error().code).name;
    co_await exchange.Respond(std::move(response));
  }
  Response Malformed(const Error&) override { return Response{.status = 400}; }

 private:
  Gateway& gateway_;
};

class GatewayTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  GatewayTest() {
    log::Configure(
        {.format = log::Format::kJson, .sink = [this](std::string_view line) { log_ += line; }});
    endpoint_ = runtime_.Run(server_.Listen({async::Endpoint::Kind::kTcp, "127.0.0.1", 0})).value();
  }
  ~GatewayTest() override {
    runtime_.Run(gateway_.CloseUpstreams(), &runtime_.platform());
    runtime_.Run(server_.Stop(), &runtime_.platform());
    runtime_.Run(gateway_.Stop(), &runtime_.platform());
    runtime_.Run(upstream_.Stop());
    log::Configure({});
  }

  std::string Ask(const std::string& request) { return runtime_.Run(AskTask(request)); }
  /// Posts a body to the quote's path, and closes afterwards.
  std::string PostQuote(const std::string& body = "{}", const std::string& more_headers = {}) {
    return Ask("POST /api/fx/quote HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n" +
               more_headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::string Metrics() { return telemetry::Exposition(metrics_, {}); }

  async::Task<std::string> AskTask(std::string request) {
    auto stream = co_await runtime_.io(0).Connect(endpoint_, 10s);
    if (!stream) co_return "cannot connect";
    static_cast<void>(co_await async::WriteAll(**stream, request));
    std::string answer;
    std::vector<char> buffer(64 << 10);
    while (true) {
      const auto got = co_await async::ReadSome(**stream, buffer);
      if (!got) answer += "[lost]";
      if (!got || *got == 0) co_return answer;
      answer.append(buffer.data(), *got);
    }
  }

  sim::SimDisk disk_{GetParam()};
  sim::SimRuntime runtime_{sim::SimOptions{.seed = GetParam()}, disk_};
  ScriptedUpstream upstream_{runtime_.io(1)};
  RecordingIntake intake_{runtime_};
  RecordingAudit audit_;
  telemetry::Metrics metrics_{{}};
  Gateway gateway_{runtime_, intake_, metrics_, audit_, {FxRoute()}, {.max_body_bytes = 1 << 20}};
  GatewayHandler handler_{gateway_};
  HttpServer server_{runtime_, handler_, {}};
  async::Endpoint endpoint_;
  std::string log_;
};

TEST_P(GatewayTest, PassesTheAnswerUnchangedOnceTheEventIsDurable) {
  upstream_.scripts = {{{OkJson(kQuote)}}};
  const std::string answer = PostQuote();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n" + std::string(kQuote)));
  ASSERT_THAT(intake_.published, SizeIs(1));
  EXPECT_EQ(intake_.published[0].type, "fx.quote.created");
  EXPECT_EQ(intake_.published[0].correlation_id, "corr-1");
}

TEST_P(GatewayTest, AdmitsTheEventBeforeTheUpstreamIsAsked) {
  intake_.refusal = Fail(Errc::kQuotaExceeded, "Too many events.");
  EXPECT_THAT(PostQuote(), HasSubstr("quota_exceeded"));
  EXPECT_EQ(upstream_.connections, 0);
}

TEST_P(GatewayTest, SaysWhoAsksToTheUpstreamAndKeepsCredentialsBack) {
  upstream_.scripts = {{{OkJson(kQuote)}}};
  PostQuote("{}", "Authorization: Bearer secret\r\nX-Tenant: green\r\nX-Other: kept\r\n");
  ASSERT_THAT(upstream_.requests, SizeIs(1));
  EXPECT_THAT(upstream_.requests[0], HasSubstr("\r\nX-Tenant: blue\r\n"));
  EXPECT_THAT(upstream_.requests[0], HasSubstr("\r\nX-Correlation-Id: corr-1\r\n"));
  EXPECT_THAT(upstream_.requests[0], HasSubstr("\r\nX-Other: kept\r\n"));
  EXPECT_THAT(upstream_.requests[0], HasSubstr("\r\ntraceparent: 00-"));
  EXPECT_THAT(upstream_.requests[0], Not(HasSubstr("secret")));
  EXPECT_THAT(upstream_.requests[0], Not(HasSubstr("green")));
}

TEST_P(GatewayTest, GivesNoEventForAnotherStatus) {
  upstream_.scripts = {{{"HTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\n{}"}}};
  EXPECT_THAT(PostQuote(), StartsWith("HTTP/1.1 422 "));
  EXPECT_THAT(intake_.published, IsEmpty());
}

TEST_P(GatewayTest, PassesOtherMethodsOnWithoutAnEvent) {
  upstream_.scripts = {{{OkJson(kQuote)}}};
  EXPECT_THAT(Ask("GET /api/fx/quote?a=1&access_token=s HTTP/1.1\r\nHost: a\r\nConnection: close"
                  "\r\n\r\n"),
              EndsWith(kQuote));
  EXPECT_THAT(upstream_.requests.at(0), StartsWith("GET /api/fx/quote?a=1 HTTP/1.1\r\n"));
  EXPECT_EQ(intake_.reserved, 0);
}

TEST_P(GatewayTest, ReadsAChunkedAnswerInPieces) {
  upstream_.scripts = {{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n{\"quoteId\""},
                        {"\r\n5\r\n:\"q\"}\r\n0\r", 5ms},
                        {"\n\r\n", 5ms}}};
  EXPECT_THAT(PostQuote(), EndsWith("\r\n\r\n{\"quoteId\":\"q\"}"));
  ASSERT_THAT(intake_.published, SizeIs(1));
  EXPECT_EQ(intake_.published[0].subject, "q");
}

TEST_P(GatewayTest, SendsTheAnswerAfter100MillisecondsAndTheEventFollows) {
  upstream_.scripts = {{{OkJson(kQuote)}}};
  intake_.commit_time = 2s;
  const auto begun = runtime_.clock().Now();
  EXPECT_THAT(PostQuote(), EndsWith(kQuote));
  EXPECT_LT(runtime_.clock().Now() - begun, 1s);
  EXPECT_THAT(intake_.published, IsEmpty());
  runtime_.RunFor(3s);
  EXPECT_THAT(intake_.published, SizeIs(1));
}

TEST_P(GatewayTest, StopWaitsForEventsThatFollow) {
  upstream_.scripts = {{{OkJson(kQuote)}}};
  intake_.commit_time = 2s;
  PostQuote();
  runtime_.Run(gateway_.Stop(), &runtime_.platform());
  EXPECT_THAT(intake_.published, SizeIs(1));
}

TEST_P(GatewayTest, PassesTheAnswerWhereTheEventCannotBeStored) {
  upstream_.scripts = {{{OkJson(kQuote)}}};
  intake_.failure = Fail(Errc::kStorageFull, "The disk is full.");
  EXPECT_THAT(PostQuote(), EndsWith(kQuote));
  ASSERT_THAT(audit_.tenants, SizeIs(1));
  EXPECT_EQ(audit_.tenants[0].second.action, "gateway.emit");
  EXPECT_EQ(audit_.tenants[0].second.code, "storage_full");
  EXPECT_THAT(log_, HasSubstr("The disk is full."));
  EXPECT_THAT(Metrics(), HasSubstr("notify_gateway_events_not_stored_total{route=\"/api/fx/quote\","
                                   "code=\"storage_full\",tenant=\"blue\"} 1\n"));
}

TEST_P(GatewayTest, PassesAnAnswerThatIsNoJson) {
  upstream_.scripts = {
      {{"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        "Content-Length: 5\r\n\r\n{\"a\":"}}};
  EXPECT_THAT(PostQuote(), EndsWith("\r\n\r\n{\"a\":"));
  EXPECT_EQ(audit_.tenants.at(0).second.code, "invalid_json");
}

TEST_P(GatewayTest, StreamsAnAnswerThatIsLargerThanWhatIsInspected) {
  const std::string huge = "{\"quoteId\":\"q\",\"pad\":\"" + std::string(3 << 20, 'x') + "\"}";
  upstream_.scripts = {{{OkJson(huge)}}};
  const std::string answer = PostQuote();
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), huge);
  EXPECT_THAT(answer.substr(0, 200), HasSubstr("Content-Length: " + std::to_string(huge.size())));
  EXPECT_EQ(audit_.tenants.at(0).second.code, "event_too_large");
}

TEST_P(GatewayTest, AnUpstreamThatIsNotThereIs502) {
  runtime_.Run(upstream_.Stop());
  EXPECT_THAT(PostQuote(), HasSubstr("upstream_unreachable"));
  EXPECT_THAT(Metrics(), HasSubstr("notify_gateway_requests_total{route=\"/api/fx/quote\","
                                   "status=\"502\",tenant=\"blue\"} 1\n"));
}

TEST_P(GatewayTest, AnUpstreamThatTakesTooLongIs504) {
  upstream_.scripts = {{{OkJson(kQuote), 60s}}};
  EXPECT_THAT(PostQuote(), HasSubstr("upstream_timeout"));
  EXPECT_THAT(intake_.published, IsEmpty());
}

TEST_P(GatewayTest, AnAnswerThatBreaksOffIs502AndNoEvent) {
  upstream_.scripts = {{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", 0s, true}}};
  EXPECT_THAT(PostQuote(), HasSubstr("upstream_unreachable"));
  EXPECT_THAT(intake_.published, IsEmpty());
}

TEST_P(GatewayTest, LogsTheQuoteInTheSpecificationsWords) {
  upstream_.scripts = {{{OkJson(kQuote)}}};
  PostQuote();
  const auto line = nlohmann::json::parse(log_.substr(0, log_.find('\n')));
  EXPECT_EQ(line["messageTemplate"], "FX quote created for tenant {TenantId}");
  const nlohmann::json expected = {{"TenantId", "blue"},    {"QuoteId", "q_1"},
                                   {"FromCurrency", "USD"}, {"ToCurrency", "GBP"},
                                   {"Amount", 1000},        {"CorrelationId", "corr-1"}};
  EXPECT_EQ(line["properties"], expected);
}

TEST_P(GatewayTest, AnswersHeadWithTheLengthThatTheUpstreamGave) {
  upstream_.scripts = {{{"HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n"}}};
  const std::string answer =
      Ask("HEAD /api/fx/quote HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 42\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

INSTANTIATE_TEST_SUITE_P(Seeds, GatewayTest, ::testing::Values(1, 2, 3, 4, 5));

}  // namespace
}  // namespace notify::agent::ingress
