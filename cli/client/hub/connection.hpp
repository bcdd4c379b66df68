#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/client/hub/event.hpp"
#include "cli/client/hub/session.hpp"
#include "cli/client/hub/settings.hpp"

namespace notify::cli::client {

/// What is asked of the server.
struct HubRequest {
  std::string method;
  std::vector<std::string> arguments;  ///< JSON.
  bool stream = false;                 ///< The answer is a stream of items.
  int uploads = 0;                     ///< How many streams of ours belong to it.
};

/// How a request that was sent is known.
struct HubInvocation {
  std::string id;
  std::vector<std::string> uploads;  ///< The names of our streams.
};

/// A client of any SignalR hub: calls in both directions, streams in both directions, and a new
/// connection where one was lost.
///
/// Lifetime: ends its connection when it goes; `means` outlive it. Threads: one at a time.
class HubConnection {
 public:
  /// Connects once; only a connection that was made is made again. Errors as HubSession::Open.
  static Result<std::unique_ptr<HubConnection>> Open(HubSettings settings, const HubMeans& means);

  /// Sends a request; its items and its end come as events. kUnavailable while there is no
  /// connection.
  Result<HubInvocation> Begin(const HubRequest& request);
  /// Sends one item of a stream of ours. Waits while a stateful connection has too much
  /// unacknowledged. kUnavailable as Begin; kInterrupted.
  Status SendItem(const std::string& upload, std::string_view item, int interrupt);
  /// Ends a stream of ours.
  Status EndUpload(const std::string& upload);
  /// Asks for the end of a stream, which its HubDone says.
  Status Cancel(const std::string& id);

  /// What happened next; waits up to `limit` for it. Connects again meanwhile where a connection
  /// was lost. kTimeout where nothing happened; kInterrupted where `interrupt` (a descriptor, -1
  /// for none) became readable; any other error is the end of the connection.
  Result<HubEvent> Next(std::chrono::milliseconds limit, int interrupt);

  /// The answer to one request, which it sends. What else happens meanwhile is kept for Next.
  /// kTimeout beyond the caller's limit, kInterrupted; else the server's own error.
  Result<std::optional<std::string>> Invoke(const HubRequest& request, int interrupt);

  /// Says good-bye.
  void Stop();

  bool connected() const { return session_ != nullptr; }
  /// The session in use; null while there is none.
  const HubSession* session() const { return session_.get(); }

 private:
  HubConnection(HubSettings settings, const HubMeans& means)
      : settings_(std::move(settings)), means_(means) {}

  Status Send(const signalr::HubMessage& message);
  Status Receive(std::chrono::milliseconds limit, int interrupt);
  Status Reconnect(std::chrono::milliseconds limit);
  void Take(signalr::HubMessage message);
  void Answer(const signalr::Invocation& invocation);
  void Lose(const Error& why);
  void FailPending(const Error& why);

  const HubSettings settings_;
  const HubMeans& means_;
  std::unique_ptr<HubSession> session_;
  std::int64_t last_id_ = 0;
  std::map<std::string, std::string> pending_;  // Invocations that are not answered: their methods.
  std::deque<HubEvent> events_;
  std::optional<signalr::Close> close_;  // The server's, until it has been acted on.
  std::optional<Error> ended_;           // No connection, and none will be.
  // While there is none:
  int tried_ = 0;
  Clock::TimePoint next_attempt_{};
};

}  // namespace notify::cli::client
