#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.hpp"
#include "common/config/agent_config.hpp"
#include "common/result.hpp"

namespace notify::agent::ingress {

/// How much of an upstream's answer, and of the request, is looked at (contract 6).
inline constexpr std::size_t kInspectedBytes = 256 << 10;

/// A request that an upstream answered, as far as an event is made of it.
struct AnsweredRequest {
  const RouteConfig& route;
  std::string_view request_body;
  std::string_view answer_type;  ///< `Content-Type`; empty where there is none.
  std::string_view answer;       ///< At most kInspectedBytes.
  bool cut = false;              ///< The answer goes on behind them.
  std::string_view tenant;
  std::string_view correlation_id;
  std::string_view idempotency_key;  ///< Of the request; empty where it has none.
  Clock::WallTime answered_at{};
};

/// The members of a quote that its line in the log names (WP04, Structured Logging Format).
struct QuoteSummary {
  std::string quote_id;
  std::string from_currency;
  std::string to_currency;
  std::string amount;  ///< Digits as the upstream wrote them; empty where it gave none.
};

/// The event of an answer, before the log's rules are applied to it.
struct ExtractedEvent {
  std::string envelope;  ///< `{type, correlationid, subject?, data}`, one line of JSON.
  /// `TYPE/KEY`, so that one key names an event of each kind: the request's `Idempotency-Key`, else
  /// the upstream's quote id (`/quoteId`, `/id`), else the correlation id.
  std::string duplicate_key;
  std::optional<QuoteSummary> quote;  ///< Of `fx.quote.created`.
};

/// The event that `route` gives for an answer; its shape is in docs/events.md. What the upstream
/// wrote passes verbatim. kContentTypeUnsupported where the answer is not JSON, kInvalidJson and
/// kJsonTooDeep where it is not well formed, kEventTooLarge where the whole answer would be the
/// data and it goes on behind what is looked at. Threads:  any.
Result<ExtractedEvent> ExtractEvent(const AnsweredRequest& answered);

}  // namespace notify::agent::ingress
