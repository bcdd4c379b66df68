#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "agent/async/signal.hpp"
#include "agent/async/task.hpp"
#include "common/result.hpp"

namespace notify::agent::ingress::signalr {

/// What a client uploads into one call: items in their order, a few ahead of who reads them.
///
/// Lifetime: shared by the call that reads and the connection that feeds.
/// Threads:  the connection's.
class Upload {
 public:
  /// `ahead` items may be there and not read.
  explicit Upload(std::size_t ahead) : ahead_(ahead) {}

  /// The next item, JSON; nothing at the end. The client's own error, or kUnavailable where the
  /// connection ended first.
  async::Task<Result<std::optional<std::string>>> Next();
  /// The reader reads no more; what comes is let go.
  void Stop();

  /// Gives an item; waits while `ahead` are not read, which is the client's back-pressure.
  async::Task<void> Put(std::string item);
  /// No item follows.
  void End(std::optional<Error> error);

 private:
  const std::size_t ahead_;
  std::deque<std::string> items_;
  bool ended_ = false;
  bool stopped_ = false;
  std::optional<Error> error_;
  async::Signal changed_;
};
// Shared by the call that reads and the connection that feeds.
using UploadPtr = std::shared_ptr<Upload>;

}  // namespace notify::agent::ingress::signalr
