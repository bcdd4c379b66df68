#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/ingress/http/exchange.hpp"

namespace notify::agent::ingress {

/// Accepts connections on every I/O thread and serves them. TCP: each thread has its own listener
/// at one address; a thread that has a quarter more connections than the average deals new ones
/// round robin. Unix socket: one acceptor deals its connections round robin.
///
/// Lifetime: Stop() is awaited before it goes.
/// Threads:  one executor, which starts and stops it; connections live on their I/O threads.
class HttpServer final : private HttpHandler {
 public:
  /// All outlive the server.
  HttpServer(async::Runtime& runtime, HttpHandler& handler, HttpLimits limits);
  ~HttpServer() override;
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens; answers the address with the port that the system chose.
  async::Task<Result<async::Endpoint>> Listen(async::Endpoint at);

  /// No new connections; the others end after the request that they serve.
  async::Task<void> StopAccepting();
  /// Waits until no request is being answered, at most `limit`. `timers` are the caller's.
  async::Task<void> WaitForAnswers(async::Timers& timers, Clock::Duration limit);
  /// Closes what is left, and waits for it.
  async::Task<void> Stop();

  std::size_t connections() const { return connections_.load(std::memory_order_relaxed); }

 private:
  class Lane;

  /// Stands before the handler and counts what is being answered.
  async::Task<void> Handle(Exchange& exchange) override;
  Response Malformed(const Error& error) override { return handler_.Malformed(error); }

  Lane& LaneFor(std::size_t accepted_on);

  async::Runtime& runtime_;
  HttpHandler& handler_;
  const HttpLimits limits_;
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::size_t> answering_{0};
  std::atomic<std::size_t> next_lane_{0};
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace notify::agent::ingress
