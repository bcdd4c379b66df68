#include "agent/channel/webhook/curl_http_client.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/async/task_group.hpp"
#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::channel {
namespace {

using namespace std::chrono_literals;
using async::Task;

/// An endpoint that takes one request and says `answer`; nothing where that is empty.
class Endpoint {
 public:
  Endpoint(async::IoThread& io, std::string answer) : io_(io), answer_(std::move(answer)) {}

  /// Begins to listen.
  Task<void> Open() {
    async::Endpoint at;
    at.host = "127.0.0.1";
    auto opened = io_.Listen(at, async::IoThread::Share::kFirst);
    EXPECT_TRUE(opened) << opened.error().detail;
    listener_ = std::move(*opened);
    co_return;
  }
  Task<void> Serve() {
    auto accepted = co_await listener_->Accept();
    if (!accepted) co_return;
    stream_ = std::move(*accepted);
    std::array<char, 4096> buffer{};
    while (request.find("the body") == std::string::npos) {
      auto count = co_await async::ReadSome(*stream_, buffer);
      if (!count || *count == 0) co_return;
      request.append(buffer.data(), *count);
    }
    if (!answer_.empty()) co_await async::WriteAll(*stream_, answer_);
  }
  Task<void> Close() {
    if (stream_) stream_->Close();
    listener_->Close();
    stream_.reset();
    listener_.reset();
    co_return;
  }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener_->local().port) + "/in";
  }

  std::string request;

 private:
  async::IoThread& io_;
  const std::string answer_;
  std::unique_ptr<async::Listener> listener_;
  std::unique_ptr<async::Stream> stream_;
};

class Curl : public testing::Test {
 protected:
  /// What a POST of "the body" to an endpoint that says `answer` comes to.
  Result<HttpResponse> Post(const std::string& answer, bool allow_private = true,
                            Clock::Duration timeout = 10s) {
    Endpoint endpoint(world_.runtime().io(0), answer);
    CurlHttpClient client(world_.runtime().outbound(), allow_private);
    world_.Run(endpoint.Open());
    async::TaskGroup group(world_.runtime().io(0).executor());
    world_.Run(Begin(group, endpoint));
    auto result = world_.Run(client.Post({.url = endpoint.url(),
                                          .headers = {{"webhook-id", "d-1"}},
                                          .body = "the body",
                                          .timeout = timeout}));
    world_.Run(endpoint.Close());
    world_.Run(group.Stop());
    request_ = endpoint.request;
    return result;
  }
  static Task<void> Begin(async::TaskGroup& group, Endpoint& endpoint) {
    group.Spawn(endpoint.Serve());
    co_return;
  }

  async::RealWorld world_;
  std::string request_;
};

TEST_F(Curl, SendsTheRequestAsItIs) {
  const auto response = Post("HTTP/1.1 204 No Content\r\n\r\n");
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 204);
  EXPECT_TRUE(request_.starts_with("POST /in HTTP/1.1\r\n")) << request_;
  EXPECT_NE(request_.find("webhook-id: d-1\r\n"), std::string::npos);
}

TEST_F(Curl, ReadsRetryAfter) {
  const auto response = Post("HTTP/1.1 503 x\r\nReTry-After:  7 \r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->retry_after, "7");
}

TEST_F(Curl, DoesNotFollowARedirect) {
  const auto response =
      Post("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 302);
}

TEST_F(Curl, RefusesTheAddressItWouldConnectTo) {
  const auto response = Post("HTTP/1.1 204 No Content\r\n\r\n", false);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::kForbidden);
  EXPECT_EQ(request_, "");
}

TEST_F(Curl, StopsReadingAnEndlessAnswer) {
  const auto response =
      Post("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x'));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
}

TEST_F(Curl, GivesUpWhenTheTimeIsUp) {
  EXPECT_EQ(Post("", true, 50ms).error().code, Errc::kUpstreamTimeout);
}

TEST_F(Curl, ABrokenAnswerIsNoAnswer) {
  EXPECT_EQ(Post("nonsense\r\n\r\n").error().code, Errc::kUpstreamUnreachable);
}

}  // namespace
}  // namespace notify::agent::channel
