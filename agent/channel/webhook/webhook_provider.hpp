#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/channel/webhook/http_client.hpp"
#include "agent/flow/provider.hpp"
#include "common/clock.hpp"

namespace notify::agent::channel {

/// How webhooks are sent: `channels.webhook` of the configuration.
struct WebhookOptions {
  Clock::Duration timeout = std::chrono::seconds(15);
  /// Off: `https` on ports 443 and 8443, to public addresses. On: any port and address, `http` too.
  bool allow_private_networks = false;
};

/// Channel `webhook`: POSTs the rendered notification, signed as Standard Webhooks asks. The id is
/// the delivery's, the same in every attempt. Hardened against untrusted URLs.
///
/// Lifetime: as the agent; `http` and `clock` outlive it.
/// Threads:  the platform executor.
class WebhookProvider final : public Provider {
 public:
  WebhookProvider(HttpClient& http, const Clock& clock, WebhookOptions options)
      : http_(http), clock_(clock), options_(options) {}

  std::string_view channel() const override { return "webhook"; }

  /// 2xx is success. 410 and a refused URL are final; everything else may be tried again, after
  /// what Retry-After says for 429 and 503.
  async::Task<Result<Receipt>> Send(TenantHandle tenant, OutboundMessage message) override;

 private:
  HttpClient& http_;
  const Clock& clock_;
  const WebhookOptions options_;
};

/// Whether a webhook may go to `url`, as far as its text says. kInvalidArgument or kForbidden.
Status CheckWebhookUrl(const std::string& url, bool allow_private_networks);

/// Reads Retry-After (RFC 9110 10.2.3): seconds or an HTTP date; nothing where it is neither.
std::optional<Clock::Duration> ParseRetryAfter(std::string_view text, Clock::WallTime now);

}  // namespace notify::agent::channel
