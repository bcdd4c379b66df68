#include "agent/ingress/gateway/upstream_client.hpp"

#include <gtest/gtest.h>

#include "tests/support/sim/sim_disk.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/unit/agent/ingress/gateway/scripted_upstream.hpp"

namespace notify::agent::ingress {
namespace {

using namespace std::chrono_literals;
using testing_support::OkJson;
using testing_support::Script;
using testing_support::ScriptedUpstream;
using testing_support::sim::SimDisk;
using testing_support::sim::SimOptions;
using testing_support::sim::SimRuntime;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: u\r\n\r\n";
constexpr std::string_view kPost = "POST / HTTP/1.1\r\nHost: u\r\nContent-Length: 2\r\n\r\n";

class UpstreamClientTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  ~UpstreamClientTest() override { runtime_.Run(upstream_.Stop()); }

  /// The whole body of the answer, or the error's name.
  std::string Get() { return runtime_.Run(Fetch(kGet, {}, true)); }
  std::string Post() { return runtime_.Run(Fetch(kPost, "{}", false)); }

  async::Task<std::string> Fetch(std::string_view head, std::string_view body, bool safe) {
    UpstreamRequest request;
    request.to = upstream_.endpoint();
    request.head = head;
    request.body = body;
    request.safe = safe;
    request.timeout = 10s;
    auto answer = co_await client_.Send(request);
    if (!answer) co_return std::string(Describe(answer.error().code).name);
    std::string whole;
    while (true) {
      const auto more = co_await (**answer)->ReadMore(whole);
      if (!more) co_return whole + std::string(Describe(more.error().code).name);
      if (!*more) co_return whole;
    }
  }

  /// An upstream that has served one request and ended the connection meanwhile.
  void KeepADeadConnection() {
    upstream_.scripts.push_front({{OkJson("1")}});
    ASSERT_EQ(Get(), "1");
    upstream_.CloseAll();
    runtime_.RunFor(100ms);
  }

  SimDisk disk_{GetParam()};
  SimRuntime runtime_{SimOptions{.seed = GetParam()}, disk_};
  ScriptedUpstream upstream_{runtime_.io(1)};
  UpstreamClient client_{runtime_.io(0)};
};

TEST_P(UpstreamClientTest, UsesAConnectionAgain) {
  upstream_.scripts = {{{OkJson("1")}}, {{OkJson("2")}}};
  EXPECT_EQ(Get(), "1");
  EXPECT_EQ(Get(), "2");
  EXPECT_EQ(upstream_.connections, 1);
}

TEST_P(UpstreamClientTest, ClosesConnectionsThatNobodyUsed) {
  upstream_.scripts = {{{OkJson("1")}}, {{OkJson("2")}}};
  Get();
  EXPECT_EQ(client_.idle(), 1U);
  runtime_.RunFor(UpstreamClient::kIdleLimit + 1s);
  EXPECT_EQ(client_.idle(), 0U);
}

TEST_P(UpstreamClientTest, PostsOverANewConnectionWhereTheKeptOneIsDead) {
  KeepADeadConnection();
  upstream_.scripts = {{{OkJson("2")}}};
  EXPECT_EQ(Post(), "2");
  EXPECT_EQ(upstream_.connections, 2);
}

TEST_P(UpstreamClientTest, RepeatsAGetThatAKeptConnectionLost) {
  upstream_.scripts = {{{OkJson("1")}}, {{"", 0s, true}}, {{OkJson("2")}}};
  EXPECT_EQ(Get(), "1");
  EXPECT_EQ(Get(), "2");
  EXPECT_EQ(upstream_.requests.size(), 3U);
}

TEST_P(UpstreamClientTest, NeverRepeatsAPostThatWasSent) {
  upstream_.scripts = {{{OkJson("1")}}, {{"", 0s, true}}, {{OkJson("2")}}};
  EXPECT_EQ(Get(), "1");
  EXPECT_EQ(Post(), "upstream_unreachable");
  EXPECT_EQ(upstream_.requests.size(), 2U);
}

TEST_P(UpstreamClientTest, NeverRepeatsAGetThatANewConnectionLost) {
  upstream_.scripts = {{{"", 0s, true}}, {{OkJson("2")}}};
  EXPECT_EQ(Get(), "upstream_unreachable");
  EXPECT_EQ(upstream_.requests.size(), 1U);
}

TEST_P(UpstreamClientTest, ReadsABodyThatEndsWithTheConnection) {
  upstream_.scripts = {{{"HTTP/1.1 200 OK\r\n\r\nhel"}, {"lo", 1ms, true}}};
  EXPECT_EQ(Get(), "hello");
  EXPECT_EQ(client_.idle(), 0U);
}

TEST_P(UpstreamClientTest, SkipsInterimAnswers) {
  upstream_.scripts = {{{"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OkJson("1")}}};
  EXPECT_EQ(Get(), "1");
}

TEST_P(UpstreamClientTest, RefusesWhatIsNotHttp) {
  for (const char* garbage :
       {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n"}) {
    upstream_.scripts = {{{garbage, 0s, true}}};
    EXPECT_EQ(Get(), "upstream_unreachable") << garbage;
  }
}

TEST_P(UpstreamClientTest, ReservesNothingForALengthThatNobodySends) {
  upstream_.scripts = {
      {{"HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999\r\n\r\nabc", 0s, true}}};
  EXPECT_EQ(Get(), "abcupstream_unreachable");
}

TEST_P(UpstreamClientTest, GivesUpInTheMiddleOfASlowBody) {
  upstream_.scripts = {{{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc"}, {"def", 11s}}};
  EXPECT_EQ(Get(), "abcupstream_timeout");
}

TEST_P(UpstreamClientTest, KeepsNoConnectionWithBytesBehindTheAnswer) {
  upstream_.scripts = {{{OkJson("1") + "HTTP/1.1 200 OK\r\n"}}};
  EXPECT_EQ(Get(), "1");
  runtime_.RunFor(10ms);
  upstream_.scripts = {{{OkJson("2")}}};
  EXPECT_EQ(Get(), "2");
}

TEST_P(UpstreamClientTest, RefusesEverythingOnceClosed) {
  client_.Close();
  EXPECT_EQ(Get(), "unavailable");
}

INSTANTIATE_TEST_SUITE_P(Seeds, UpstreamClientTest, ::testing::Values(1, 2, 3, 4, 5));

}  // namespace
}  // namespace notify::agent::ingress
