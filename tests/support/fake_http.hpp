#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/async/timers.hpp"
#include "agent/channel/webhook/http_client.hpp"

namespace notify::testing_support {

/// Answers requests by what a test stubbed for their URL, in order; a stub that nobody used fails
/// the test.
class FakeHttp final : public agent::channel::HttpClient {
 public:
  using Response = agent::channel::HttpResponse;

  ~FakeHttp() override {
    for (const auto& [url, left] : stubs_) {
      EXPECT_TRUE(left.empty()) << left.size() << " answers of " << url << " were not asked for";
    }
  }

  void Answer(const std::string& url, Result<Response> answer) {
    stubs_[url].push_back(std::move(answer));
  }
  /// Every request takes so long by `timers`, which outlives them.
  void Delay(agent::async::Timers& timers, Clock::Duration delay) {
    timers_ = &timers;
    delay_ = delay;
  }

  agent::async::Task<Result<Response>> Post(agent::channel::HttpRequest request) override {
    requests.push_back(request);
    if (timers_ != nullptr) co_await timers_->Sleep(delay_);
    auto& left = stubs_[request.url];
    if (left.empty()) {
      ADD_FAILURE() << "nobody expected a request to " << request.url;
      co_return Fail(Errc::kUpstreamUnreachable, "no stub");
    }
    Result<Response> answer = std::move(left.front());
    left.pop_front();
    co_return answer;
  }
  void CancelAll() override {}

  std::vector<agent::channel::HttpRequest> requests;

 private:
  std::map<std::string, std::deque<Result<Response>>> stubs_;
  agent::async::Timers* timers_ = nullptr;
  Clock::Duration delay_{};
};

}  // namespace notify::testing_support
