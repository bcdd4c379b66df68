#pragma once

#include <cstdint>
#include <string>

#include "cli/streams.hpp"

namespace notify::cli::output {

/// A bar for long work, on standard error, and only where that is a terminal. Redrawn at most once
/// for each per cent.
///
/// Lifetime: `streams` outlives it; the line is cleared when it goes. Threads: one at a time.
class Progress {
 public:
  Progress(Streams& streams, std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of the total are done.
  void Update(std::uint64_t done);

 private:
  Streams& streams_;
  const std::string what_;
  const std::uint64_t total_;
  int shown_ = -1;
};

}  // namespace notify::cli::output
