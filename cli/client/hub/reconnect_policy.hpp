#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "common/result.hpp"

namespace notify::cli::client {

/// When a lost connection is made again.
class ReconnectPolicy {
 public:
  enum class Kind {
    kDefault,  ///< After 0, 2, 10 and 30 s, then no more: as the stock clients do.
    kAlways,   ///< The same, and then every 30 s.
    kNever,
  };

  explicit ReconnectPolicy(Kind kind = Kind::kDefault) : kind_(kind) {}
  /// `default`, `always` or `never`; kUsage otherwise.
  static Result<ReconnectPolicy> Parse(std::string_view name);

  /// How long to wait before the next attempt, when `tried` have failed since the loss; nothing:
  /// give up.
  std::optional<std::chrono::seconds> Delay(int tried) const;

 private:
  Kind kind_;
};

}  // namespace notify::cli::client
