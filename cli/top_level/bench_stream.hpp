#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/factory.hpp"

namespace notify::cli::top_level {

/// One event as it arrived.
struct BenchEvent {
  std::uint64_t sequence = 0;
  std::string text;  ///< Its envelope.
};

/// Live events as one kind of client gets them.
///
/// Threads: one at a time.
class BenchStream {
 public:
  virtual ~BenchStream() = default;

  /// The events that have come; waits up to `limit` for the first bytes, and may then be empty.
  /// kTimeout where nothing came; any other error is the stream's end.
  virtual Result<std::vector<BenchEvent>> Read(std::chrono::milliseconds limit) = 0;
};

/// Follows the events of one type as `receiver` does: `hub` is a SignalR client with a
/// subscription, `sse` an EventSource. From then on none is missed. kUsage for another receiver;
/// else the agent's Error.
Result<std::unique_ptr<BenchStream>> OpenBenchStream(Factory& factory, std::string_view receiver,
                                                     std::string_view type);

}  // namespace notify::cli::top_level
