#include "agent/ingress/http/connection.hpp"

#include <gtest/gtest.h>

#include "agent/async/run_on.hpp"
#include "agent/async/task_group.hpp"
#include "agent/ingress/http/http_server.hpp"
#include "tests/support/sim/sim_disk.hpp"
#include "tests/support/sim/sim_runtime.hpp"

namespace notify::agent::ingress {
namespace {

using namespace std::chrono_literals;
using testing_support::sim::SimDisk;
using testing_support::sim::SimOptions;
using testing_support::sim::SimRuntime;

/// Answers with what it was asked: method, path, and the body's length.
class EchoHandler final : public HttpHandler {
 public:
  async::Task<void> Handle(Exchange& exchange) override {
    ++handled;
    if (takes > Clock::Duration::zero()) co_await exchange.io().timers().Sleep(takes);
    left = exchange.PeerLeft();
    if (exchange.head().path == "/large") {
      Response large;
      large.body.assign(1 << 20, 'x');
      large.not_written = [this] { ++not_written; };
      co_await exchange.Respond(std::move(large));
      co_return;
    }
    if (exchange.head().path == "/unread") {
      Response refusal;
      refusal.status = 401;
      co_await exchange.Respond(std::move(refusal));
      co_return;
    }
    if (exchange.head().path == "/pieces") {
      co_await AnswerPieces(exchange);
      co_return;
    }
    auto body = co_await exchange.ReadBody(1000);
    Response response;
    response.content_type = "text/plain";
    if (body) {
      response.body = std::string(exchange.head().method) + " " +
                      std::string(exchange.head().path) + " " + std::to_string(body->size());
    } else {
      response.status = Describe(body.error().code).http_status;
    }
    co_await exchange.Respond(std::move(response));
  }
  /// Answers how many bytes came, and in the body's last place.
  async::Task<void> AnswerPieces(Exchange& exchange) {
    std::size_t bytes = 0;
    char last = '-';
    Response response;
    while (true) {
      const auto piece = co_await exchange.ReadPiece();
      if (!piece) response.status = Describe(piece.error().code).http_status;
      if (!piece || piece->empty()) break;
      EXPECT_LE(piece->size(), 1U << 20);
      bytes += piece->size();
      last = piece->back();
    }
    response.body = std::to_string(bytes) + " to " + last;
    co_await exchange.Respond(std::move(response));
  }
  Response Malformed(const Error& error) override {
    return Response{.status = Describe(error.code).http_status, .body = error.detail};
  }
  int handled = 0;
  int not_written = 0;
  bool left = false;
  Clock::Duration takes{};
};

class ConnectionTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  ConnectionTest() {
    endpoint_ = runtime_.Run(server_.Listen({async::Endpoint::Kind::kTcp, "127.0.0.1", 0})).value();
  }
  ~ConnectionTest() override { runtime_.Run(server_.Stop(), &runtime_.platform()); }

  /// Sends `request` in one piece and gives back all that comes until the server closes, or until
  /// `expect` was seen.
  std::string Talk(std::string request, std::string expect = {}) {
    return runtime_.Run(TalkTask(std::move(request), std::move(expect)));
  }

 public:
  async::Task<std::string> TalkTask(std::string request, std::string expect) {
    auto stream = co_await runtime_.io(0).Connect(endpoint_, 10s);
    if (!stream) co_return "cannot connect";
    static_cast<void>(co_await async::WriteAll(**stream, request));
    std::string answer;
    std::array<char, 256> buffer{};
    while (expect.empty() || answer.find(expect) == std::string::npos) {
      auto got = co_await async::ReadSome(**stream, buffer);
      if (!got || *got == 0) break;
      answer.append(buffer.data(), *got);
    }
    (*stream)->Close();
    co_return answer;
  }

  /// Sends `beginning` and is gone.
  async::Task<void> HangUpTask(std::string beginning) {
    auto stream = co_await runtime_.io(0).Connect(endpoint_, 10s);
    static_cast<void>(co_await async::WriteAll(**stream, beginning));
    (*stream)->Close();
    co_await runtime_.io(0).timers().Sleep(1s);
  }

 protected:
  SimDisk disk_{GetParam()};
  SimRuntime runtime_{SimOptions{.seed = GetParam()}, disk_};
  EchoHandler handler_;
  HttpServer server_{
      runtime_, handler_,
      HttpLimits{.max_head_bytes = 1024, .header_timeout = 10s, .idle_timeout = 60s}};
  async::Endpoint endpoint_;
};

TEST_P(ConnectionTest, ABodyBeyondEveryLimitIsReadInPieces) {
  std::string body(700'000, 'x');
  body.back() = 'z';
  const std::string sized =
      Talk("POST /pieces HTTP/1.1\r\nHost: h\r\nContent-Length: 700000\r\n\r\n" + body +
               "GET /next HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /next 0");
  EXPECT_NE(sized.find("700000 to z"), std::string::npos) << sized;
  EXPECT_NE(sized.find("GET /next 0"), std::string::npos) << "the connection goes on behind it";
  const std::string chunked = Talk(
      "POST /pieces HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\nAAE60\r\n" +
          body + "\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /next 0");
  EXPECT_NE(chunked.find("700005 to z"), std::string::npos) << chunked;
  EXPECT_NE(chunked.find("GET /next 0"), std::string::npos) << chunked;
  EXPECT_NE(Talk("POST /pieces HTTP/1.1\r\nHost: h\r\n\r\n", "to -").find("0 to -"),
            std::string::npos);
}

TEST_P(ConnectionTest, AnswersARequestHoweverItIsCutIntoPieces) {
  const std::string answer =
      Talk("POST /a?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", "POST /a 5");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("POST /a 5")) << answer;
}

TEST_P(ConnectionTest, KnowsWhenThePeerLeftBeforeItsAnswer) {
  handler_.takes = 2s;
  runtime_.Run(HangUpTask("GET /gone HTTP/1.1\r\nHost: h\r\n\r\n"));
  runtime_.RunFor(5s);
  EXPECT_EQ(handler_.handled, 1);
  EXPECT_TRUE(handler_.left);
}

TEST_P(ConnectionTest, LookingForThePeerLosesNothingOfItsNextRequest) {
  handler_.takes = 1s;
  const std::string answer = Talk(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_FALSE(handler_.left);
  EXPECT_NE(answer.find("GET /2 0"), std::string::npos) << answer;
}

TEST_P(ConnectionTest, TellsOfAnAnswerThatIsNotWritten) {
  EXPECT_NE(Talk("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").size(), 0U);
  EXPECT_EQ(handler_.not_written, 0);
  runtime_.Run(HangUpTask("GET /large HTTP/1.1\r\nHost: h\r\n\r\n"));
  runtime_.RunFor(2min);
  EXPECT_EQ(handler_.not_written, 1);
}

TEST_P(ConnectionTest, ServesPipelinedRequestsInOrder) {
  const std::string answer = Talk(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto first = answer.find("GET /1 0");
  const auto second = answer.find("GET /2 0");
  EXPECT_NE(first, std::string::npos) << answer;
  EXPECT_NE(second, std::string::npos) << answer;
  EXPECT_LT(first, second);
}

TEST_P(ConnectionTest, ReadsChunkedBodies) {
  const std::string answer = Talk(
      "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_NE(answer.find("POST /c 5"), std::string::npos) << answer;
}

TEST_P(ConnectionTest, RefusesABodyAboveTheLimitBeforeReadingIt) {
  const std::string answer = Talk("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << answer;
}

TEST_P(ConnectionTest, NeverTakesAnUnreadBodyForTheNextRequest) {
  const std::string answer = Talk(
      "POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\n"
      "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n.....");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 401")) << answer;
  EXPECT_EQ(handler_.handled, 1);
}

TEST_P(ConnectionTest, SaysWhatIsWrongWithSomethingThatIsNoRequest) {
  EXPECT_TRUE(Talk("hello\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(Talk("GET / HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n")
                  .starts_with("HTTP/1.1 400"));
  EXPECT_EQ(handler_.handled, 0);
}

TEST_P(ConnectionTest, AHeadThatComesTooSlowlyIsCutOff) {
  const auto before = runtime_.clock().Now();
  Talk("GET /slow HTTP/1.1\r\nHost: ");
  EXPECT_GE(runtime_.clock().Now() - before, 10s);
  EXPECT_LE(runtime_.clock().Now() - before, 15s);
  EXPECT_EQ(handler_.handled, 0);
}

TEST_P(ConnectionTest, AHeadThatIsCutOffIsNobodysRequest) {
  runtime_.Run(HangUpTask("GET /half HTTP/1.1\r\nHost: "));
  EXPECT_EQ(handler_.handled, 0);
  EXPECT_EQ(server_.connections(), 0U);
}

TEST_P(ConnectionTest, SendsContinueWhenAskedTo) {
  const std::string answer = Talk(
      "POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: "
      "close\r\n\r\nhi");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")) << answer;
}

TEST_P(ConnectionTest, ARequestThatIsBeingAnsweredEndsBeforeTheServerStops) {
  handler_.takes = 3s;
  async::TaskGroup group(runtime_.io(0).executor());
  std::string answer;
  const auto talk = [](ConnectionTest& test, std::string& into) -> async::Task<void> {
    into = co_await test.TalkTask("GET /late HTTP/1.1\r\nHost: h\r\n\r\n", {});
  };
  group.Spawn(talk(*this, answer));
  ASSERT_TRUE(runtime_.RunUntil([this] { return handler_.handled == 1; }));
  runtime_.Run(server_.StopAccepting(), &runtime_.platform());
  runtime_.Run(server_.WaitForAnswers(runtime_.platform_timers(), 10s), &runtime_.platform());
  runtime_.Run(server_.Stop(), &runtime_.platform());
  runtime_.Run(group.Stop());
  EXPECT_NE(answer.find("GET /late 0"), std::string::npos) << answer;
}

INSTANTIATE_TEST_SUITE_P(Seeds, ConnectionTest, ::testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace notify::agent::ingress
