#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "agent/delivery/delivery.hpp"
#include "agent/flow/provider.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/result.hpp"

namespace notify::agent::delivery {

/// How often, and when again.
struct RetryPolicy {
  int attempts = 3;  ///< Altogether, at least 1: `channels.webhook.attempts`.
  /// The most that a Retry-After can ask for.
  Clock::Duration longest_wait = std::chrono::hours(1);
};

/// The waits between attempts (Standard Webhooks); the last one repeats.
inline constexpr std::array<std::chrono::seconds, 7> kRetryDelays = {
    std::chrono::seconds(5),  std::chrono::seconds(30), std::chrono::minutes(5),
    std::chrono::minutes(30), std::chrono::hours(2),    std::chrono::hours(5),
    std::chrono::hours(10)};

/// How long after the `attempt`-th failed one (from 1) the next follows: the schedule's wait, by
/// chance up to a fifth longer, so that what failed together does not come back together.
Clock::Duration RetryDelay(int attempt, Random& random);

/// Takes the result of one attempt, which began at `began`, into the delivery: its state, its
/// attempts, when the next one is. An error is final where its code cannot succeed later, or after
/// the last attempt.
void Settle(Delivery& delivery, const Result<Receipt>& result, const RetryPolicy& policy,
            Clock::WallTime began, Clock::WallTime now, Random& random);

}  // namespace notify::agent::delivery
