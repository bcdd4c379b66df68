#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/client/hub/open_transport.hpp"
#include "cli/client/hub/settings.hpp"
#include "cli/client/hub/stateful_buffer.hpp"

namespace notify::cli::client {

/// One connection of a hub as the server sees it: agreed, shaken hands, kept alive, and with
/// stateful reconnect carried over the loss of its transport. Knows messages, not what they mean.
///
/// Lifetime: ends its transport when it goes; `means` outlive it. Threads: one at a time.
class HubSession {
 public:
  /// Takes a message, whose RawJson are good during the call.
  using Take = std::function<void(signalr::HubMessage)>;

  /// The server must have sent something within this time, and is sent something as often as that.
  static constexpr std::chrono::seconds kServerSilence{30};
  static constexpr std::chrono::seconds kPingAfter{15};

  /// Connects and shakes hands. kUnavailable where the hub refuses the protocol; else as
  /// OpenTransport and HubTransport::Read.
  static Result<std::unique_ptr<HubSession>> Open(const HubSettings& settings,
                                                  const HubMeans& means);

  /// Sends one. An error is the session's end. Under stateful reconnect a message that could not be
  /// sent is kept, and that is none.
  Status Send(const signalr::HubMessage& message);
  /// Whether so much is unacknowledged that nothing more shall be sent before Receive made room.
  bool full() const { return buffer_ && buffer_->full(); }

  /// Waits up to `limit` for messages and gives them to `take`. kTimeout where none came;
  /// kInterrupted where `interrupt` became readable. Any other error is the session's end; messages
  /// that came before it were given.
  Status Receive(std::chrono::milliseconds limit, int interrupt, const Take& take);

  /// Says Close and ends the transport.
  void Stop();

  const std::string& connection_id() const { return opened_.connection_id; }
  signalr::Transport transport() const { return opened_.kind; }
  bool stateful() const { return buffer_.has_value(); }
  /// How often the transport was replaced.
  int resumptions() const { return resumptions_; }

 private:
  HubSession(const HubSettings& settings, const HubMeans& means, OpenedTransport opened);

  Status ShakeHands();
  Status SendBytes(std::string_view bytes);
  Status SendDue();
  Result<std::string> Read(std::chrono::milliseconds limit, int interrupt);
  Status Resume(const Error& lost);
  Status TakeMessages(const Take& take, bool& any);
  Status TakeOne(signalr::HubMessage message, const Take& take, bool& any);
  std::chrono::milliseconds UntilDue(Clock::TimePoint deadline) const;

  const HubMeans& means_;
  // Of the whole connection, whose next session has it too.
  const std::shared_ptr<const signalr::HubProtocol> protocol_;
  OpenedTransport opened_;
  std::optional<StatefulBuffer> buffer_;  // With stateful reconnect.
  std::string in_;                        // From the first message that is not whole.
  Clock::TimePoint sent_at_;
  Clock::TimePoint heard_at_;
  bool broken_ = false;  // The transport takes nothing more; Receive replaces it.
  int resumptions_ = 0;
};

}  // namespace notify::cli::client
