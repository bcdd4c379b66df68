#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/interrupts.hpp"
#include "cli/streams.hpp"

namespace notify::cli::hub {

/// The lines of standard input, taken without waiting for them, so that a connection can be served
/// meanwhile.
///
/// Lifetime: `streams` and `interrupts` outlive it. Threads: one at a time.
class InputLines {
 public:
  InputLines(Streams& streams, const Interrupts& interrupts);
  ~InputLines();
  InputLines(const InputLines&) = delete;
  InputLines& operator=(const InputLines&) = delete;

  /// Becomes readable with input, or with an interrupt.
  int descriptor() const { return poll_; }
  /// Whether Take would not wait.
  bool Ready() const;
  /// The whole lines that are there; the last one needs no line feed.
  std::vector<std::string> Take();
  bool ended() const { return ended_; }

 private:
  Streams& streams_;
  const int poll_;
  bool always_ready_ = false;  // A file, or a test's text.
  bool ended_ = false;
  std::string rest_;
};

}  // namespace notify::cli::hub
