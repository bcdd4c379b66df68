#include "agent/channel/webhook/webhook_provider.hpp"

#include "tests/support/fake_http.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::channel {
namespace {

using namespace std::chrono_literals;

class Webhook : public testing::Test {
 protected:
  static constexpr auto kUrl = "https://hooks.example/in";

  Result<Receipt> Send(Result<HttpResponse> answer) {
    http_.Answer(kUrl, std::move(answer));
    return SendTo(kUrl);
  }
  Result<Receipt> SendTo(const std::string& url) {
    OutboundMessage message{.delivery_id = "d-1",
                            .notification_json = "{}",
                            .recipient = url,
                            .secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")};
    return runtime_.Run(provider_.Send(tenant_, std::move(message)));
  }
  std::string Header(const std::string& name) {
    for (const auto& [key, value] : http_.requests.at(0).headers) {
      if (key == name) return value;
    }
    return {};
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  testing_support::FakeHttp http_;
  WebhookProvider provider_{http_, runtime_.clock(), {}};
  const TenantHandle tenant_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue"));
};

TEST_F(Webhook, SaysWhoseMessageItIsAndSignsIt) {
  EXPECT_TRUE(Send(HttpResponse{.status = 204}));
  EXPECT_EQ(Header("webhook-id"), "d-1");
  EXPECT_EQ(Header("webhook-timestamp"), "1767229200");
  EXPECT_TRUE(Header("webhook-signature").starts_with("v1,"));
  EXPECT_EQ(http_.requests.at(0).timeout, 15s);
}

TEST_F(Webhook, OnlyGoneIsFinal) {
  EXPECT_FALSE(Describe(Send(HttpResponse{.status = 410}).error().code).retryable);
  for (const int status : {301, 400, 404, 429, 500, 503}) {
    EXPECT_TRUE(Describe(Send(HttpResponse{.status = status}).error().code).retryable) << status;
  }
}

TEST_F(Webhook, PassesOnWhenToComeBack) {
  EXPECT_EQ(Send(HttpResponse{.status = 503, .retry_after = "7"}).error().retry_after, 7s);
  EXPECT_EQ(Send(HttpResponse{.status = 500, .retry_after = "7"}).error().retry_after,
            std::nullopt);
}

TEST_F(Webhook, RefusesUrlsThatLeadAstray) {
  for (const auto* url :
       {"http://hooks.example/", "https://hooks.example:22/", "ftp://x/",
        "https://user@hooks.example/", "https://", "not a url", "file:///etc/passwd"}) {
    const auto sent = SendTo(url);
    ASSERT_FALSE(sent) << url;
    EXPECT_FALSE(Describe(sent.error().code).retryable) << url;
  }
  EXPECT_TRUE(http_.requests.empty());
}

TEST(WebhookUrl, PrivateNetworksTakeAnyPortWhenAllowed) {
  EXPECT_TRUE(CheckWebhookUrl("http://127.0.0.1:9000/in", true));
  EXPECT_FALSE(CheckWebhookUrl("http://127.0.0.1:9000/in", false));
  EXPECT_TRUE(CheckWebhookUrl("https://hooks.example:8443/in", false));
}

TEST(RetryAfter, ReadsSecondsAndDates) {
  const Clock::WallTime now{std::chrono::sys_days(std::chrono::year(2026) / 6 / 30) + 12h};
  EXPECT_EQ(ParseRetryAfter("120", now), 120s);
  EXPECT_EQ(ParseRetryAfter("Tue, 30 Jun 2026 12:01:00 GMT", now), 60s);
  EXPECT_EQ(ParseRetryAfter("Tue, 30 Jun 2020 12:01:00 GMT", now), 0s);
  for (const auto* text : {"", "-1", "soon", "Tue, 30 Xyz 2026 12:01:00 GMT", "1.5"}) {
    EXPECT_EQ(ParseRetryAfter(text, now), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace notify::agent::channel
