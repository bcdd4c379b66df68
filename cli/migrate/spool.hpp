#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::cli::migrate {

/// Lines for many files, written in turns: what waits is bounded, and only one file is open.
///
/// Threads: one at a time.
class Spool {
 public:
  Status Add(const std::string& path, std::string_view line);
  /// Writes what waits. kForbidden and others with the path in the detail.
  Status Flush();

 private:
  static constexpr std::size_t kMostWaiting = 32 << 20;

  std::map<std::string, std::string> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace notify::cli::migrate
