#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/async/task.hpp"
#include "common/clock.hpp"
#include "common/result.hpp"

namespace notify::agent::channel {

/// One POST to an address that a tenant chose.
struct HttpRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Without line breaks.
  std::string body;
  Clock::Duration timeout{};  ///< From the look-up of the name to the last byte.
};

/// What came back; the body is let go, because nobody may see it.
struct HttpResponse {
  int status = 0;
  std::string retry_after;  ///< The header as it came; empty where there was none.
};

/// Sends requests out of the agent.
///
/// Lifetime: as the agent.
/// Threads:  Post and CancelAll on the platform executor.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Never follows a redirect.
  ///
  /// kForbidden            the address is not public and private ones are not allowed.
  /// kUpstreamUnreachable  no connection, or it broke.
  /// kUpstreamTimeout      the time was up.
  /// kUnavailable          cancelled.
  virtual async::Task<Result<HttpResponse>> Post(HttpRequest request) = 0;

  /// Ends what is under way with kUnavailable, at the agent's end.
  virtual void CancelAll() = 0;
};

}  // namespace notify::agent::channel
