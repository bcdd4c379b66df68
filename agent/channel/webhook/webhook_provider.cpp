#include "agent/channel/webhook/webhook_provider.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <charconv>
#include <utility>

#include "agent/channel/webhook/signature.hpp"

namespace notify::agent::channel {
namespace {

constexpr std::string_view kAllowKey =
    "The platform's operator can set channels.webhook.allow_private_networks.";

std::int64_t UnixSeconds(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Result<Receipt> Judge(const HttpResponse& response, Clock::WallTime now) {
  const std::string answer = "The endpoint answered " + std::to_string(response.status) + ".";
  if (response.status >= 200 && response.status < 300) return Receipt{.detail = answer};
  if (response.status == 410) return Fail(Errc::kNotFound, answer + " It is gone for good.");
  if (response.status >= 300 && response.status < 400) {
    return Fail(Errc::kUpstreamUnreachable, answer + " Redirects are not followed.");
  }
  Error error = Fail(Errc::kUpstreamUnreachable, answer);
  if (response.status == 429 || response.status == 503) {
    error.retry_after = ParseRetryAfter(response.retry_after, now);
  }
  return error;
}

int MonthOf(std::string_view name) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto place = kMonths.find(name);
  return name.size() != 3 || place == std::string_view::npos || place % 3 != 0
             ? 0
             : static_cast<int>(place / 3) + 1;
}

std::optional<int> Number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return {};
  return value;
}

// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that may be sent (RFC 9110 5.6.7).
std::optional<Clock::WallTime> ParseHttpDate(std::string_view text) {
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto day = Number(text.substr(5, 2));
  const int month = MonthOf(text.substr(8, 3));
  const auto year = Number(text.substr(12, 4));
  const auto hour = Number(text.substr(17, 2));
  const auto minute = Number(text.substr(20, 2));
  const auto second = Number(text.substr(23, 2));
  if (!day || month == 0 || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

}  // namespace

std::optional<Clock::Duration> ParseRetryAfter(std::string_view text, Clock::WallTime now) {
  if (const auto seconds = Number(text)) return std::chrono::seconds(*seconds);
  const auto date = ParseHttpDate(text);
  if (!date) return std::nullopt;
  return std::max<Clock::Duration>(*date - now, Clock::Duration::zero());
}

Status CheckWebhookUrl(const std::string& text, bool allow_private_networks) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->host().empty() || url->has_userinfo()) {
    return Fail(Errc::kInvalidArgument, "The webhook's URL is not one without a user's name.");
  }
  const std::string_view scheme(url->scheme().data(), url->scheme().size());
  const bool https = scheme == "https";
  if (!https && scheme != "http") {
    return Fail(Errc::kInvalidArgument, "The webhook's URL must begin with https://.");
  }
  if (allow_private_networks) return {};
  if (!https) {
    return Fail(Errc::kForbidden, "Webhooks go to https addresses.", std::string(kAllowKey));
  }
  if (url->has_port() && url->port_number() != 443 && url->port_number() != 8443) {
    return Fail(Errc::kForbidden, "Webhooks go to ports 443 and 8443.", std::string(kAllowKey));
  }
  return {};
}

async::Task<Result<Receipt>> WebhookProvider::Send(TenantHandle, OutboundMessage message) {
  if (auto allowed = CheckWebhookUrl(message.recipient, options_.allow_private_networks);
      !allowed) {
    co_return allowed.error();
  }
  const std::int64_t timestamp = UnixSeconds(clock_.WallNow());
  HttpRequest request;
  request.url = message.recipient;
  request.body = std::move(message.notification_json);
  request.timeout = options_.timeout;
  std::string signature =
      WebhookSignature(message.secret, message.delivery_id, timestamp, request.body);
  if (signature.empty()) {
    co_return Fail(Errc::kInvalidArgument, "The webhook has no secret to sign with.");
  }
  request.headers.emplace_back("content-type", "application/json");
  request.headers.emplace_back("user-agent", "notifyd");
  request.headers.emplace_back("webhook-id", message.delivery_id);
  request.headers.emplace_back("webhook-timestamp", std::to_string(timestamp));
  request.headers.emplace_back("webhook-signature", std::move(signature));
  auto response = co_await http_.Post(std::move(request));
  if (!response) co_return response.error();
  co_return Judge(*response, clock_.WallNow());
}

}  // namespace notify::agent::channel
