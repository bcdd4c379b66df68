#pragma once

#include <string>
#include <string_view>

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/result.hpp"
#include "common/secret.hpp"

namespace notify::agent {

/// One message to one recipient by one channel, rendered.
struct OutboundMessage {
  std::string delivery_id;
  std::string notification_json;  ///< What a client or an endpoint gets: the rendered notification.
  std::string recipient;          ///< `user:alice`, `tenant`, an URL.
  std::string title;
  std::string body;
  Secret secret;  ///< Signs a webhook; empty where the channel needs none.
  int attempt = 1;
};

/// What became of one attempt.
struct Receipt {
  std::string detail;  ///< One sentence: the status line, how many connections took it.
  std::string provider_id;
  bool confirmed = true;  ///< Somebody took it; otherwise it was handed over and nobody answered.
};

/// A way out: one channel by one means. An error is an attempt that failed; `retryable` of its code
/// and `retry_after` decide whether there is another.
///
/// Lifetime: as the agent.
/// Threads:  called on the platform executor; may go elsewhere to wait.
class Provider {
 public:
  virtual ~Provider() = default;
  /// `webhook`, `log`, `in_app`.
  virtual std::string_view channel() const = 0;
  virtual async::Task<Result<Receipt>> Send(TenantHandle tenant, OutboundMessage message) = 0;
};

}  // namespace notify::agent
