#pragma once

#include "common/errc.hpp"

namespace notify::cli {

/// How `notifyctl` ends (contract 8). Scripts rely on these numbers.
enum class ExitCode {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kNotFound = 3,
  kDenied = 4,
  kConflict = 5,
  kRateLimited = 6,
  kUnreachable = 7,
  kInvalidInput = 8,
  kDifferences = 9,
  kInterrupted = 130,
};

/// The exit code of a failure, from the one error table.
inline ExitCode ExitCodeOf(Errc code) { return static_cast<ExitCode>(Describe(code).exit_code); }

}  // namespace notify::cli
