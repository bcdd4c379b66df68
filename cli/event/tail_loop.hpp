#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cli/client/api_client.hpp"
#include "cli/event/tail.hpp"
#include "cli/interrupts.hpp"
#include "cli/output/format.hpp"

namespace notify::cli::event {

/// Follows a log: open, read, print, remember, open again.
///
/// The position moves only when what was printed has left this process, and the state file is
/// replaced after that. So a line can be printed twice only where the process is killed between the
/// two, and can never be left out.
///
/// Lifetime: all that it is given outlives it. Threads: one at a time.
class TailLoop {
 public:
  TailLoop(const EventTailOptions& options, client::ApiClient& client, output::Format format,
           const Interrupts& interrupts);

  /// Until the limit is reached (success) or an Error ends it.
  Status Run();

 private:
  Result<std::unique_ptr<client::EventSource>> Connect();
  Status Follow(client::EventSource& source);
  Status Print(const std::vector<client::SseMessage>& messages);
  Status PrintOne(const client::SseMessage& message);
  Status TellGap(const client::SseMessage& message);
  Status Remember();
  Status LoadState();
  Status FindStart();
  Result<std::string> PositionOf(const client::Request& request, std::int64_t back);
  bool Full() const;
  void TellReconnected();

  const EventTailOptions& options_;
  client::ApiClient& client_;
  const output::Format format_;
  const Interrupts& interrupts_;

  std::string printed_;   // The position of the last line given to standard output.
  std::string position_;  // The same once it was flushed: where to go on.
  std::string saved_;     // What the state file says.
  std::int64_t count_ = 0;
  bool ever_connected_ = false;
  // Since the last reconnect: lines until the first pause are what was missed.
  std::optional<std::int64_t> replayed_;
  Clock::TimePoint connected_at_{};
};

}  // namespace notify::cli::event
