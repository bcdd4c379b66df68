#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "agent/hub/hub.hpp"
#include "agent/ingress/http/exchange.hpp"
#include "agent/ingress/live/ticker.hpp"
#include "agent/pipeline/intake.hpp"
#include "agent/telemetry/metrics.hpp"

namespace notify::agent::ingress::sse {

/// `GET /api/events/stream` (contract 6): live events from any position, as server-sent events.
/// Query: `type` (repeatable), `topic`, `subject`, `userid`, `after`; header `Last-Event-ID`, which
/// wins over `after`, because a client that reconnects by itself sends the URL it began with.
///
/// Lifetime: outlives its requests; Stop() is awaited before it goes.
/// Threads:  the I/O threads, each for its own requests.
class EventStream {
 public:
  /// How one stream behaves.
  struct Options {
    std::size_t queue_bytes = 1 << 20;
    Clock::Duration send_timeout = std::chrono::seconds(10);
    Clock::Duration keep_alive = std::chrono::seconds(15);
    std::vector<std::string> trusted_proxies;
  };

  /// All outlive it.
  EventStream(async::Runtime& runtime, hub::Hub& hub, telemetry::Metrics& metrics, Options options);
  ~EventStream();

  /// Streams to the end of the connection. Bad values: 400 before anything is streamed.
  async::Task<void> Serve(Exchange& exchange, pipeline::Caller caller);

  /// Ends the ticks of all threads. Streams end with their sockets.
  async::Task<void> Stop();

 private:
  async::Runtime& runtime_;
  hub::Hub& hub_;
  telemetry::Metrics& metrics_;
  const Options options_;
  std::vector<std::unique_ptr<Ticker>> tickers_;  // By I/O thread.
};

}  // namespace notify::agent::ingress::sse
