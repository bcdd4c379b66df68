#include "agent/delivery/retry.hpp"

#include <algorithm>

namespace notify::agent::delivery {
namespace {

std::int64_t Milliseconds(Clock::WallTime time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time).time_since_epoch().count();
}

/// `delivery` has counted the attempt.
Attempt AttemptOf(const Delivery& delivery, const Result<Receipt>& result, Clock::WallTime began,
                  Clock::WallTime now) {
  Attempt attempt;
  attempt.round = delivery.retries;
  attempt.number = delivery.attempts;
  attempt.at_ms = Milliseconds(began);
  attempt.took_ms = std::max<std::int64_t>(Milliseconds(now) - attempt.at_ms, 0);
  if (result) {
    attempt.result = result->confirmed ? State::kDelivered : State::kSent;
    attempt.detail = result->detail;
    attempt.receipt = result->provider_id;
  } else {
    attempt.code = Describe(result.error().code).name;
    attempt.detail = result.error().detail;
  }
  return attempt;
}

}  // namespace

Clock::Duration RetryDelay(int attempt, Random& random) {
  const auto last = static_cast<int>(kRetryDelays.size());
  const Clock::Duration wait =
      kRetryDelays.at(static_cast<std::size_t>(std::clamp(attempt, 1, last)) - 1);
  return wait + Clock::Duration(random.Next() % static_cast<std::uint64_t>(wait.count() / 5));
}

void Settle(Delivery& delivery, const Result<Receipt>& result, const RetryPolicy& policy,
            Clock::WallTime began, Clock::WallTime now, Random& random) {
  ++delivery.attempts;
  delivery.attempted = AttemptOf(delivery, result, began, now);
  delivery.updated_ms = Milliseconds(now);
  delivery.next_at_ms = 0;
  if (result) {
    delivery.state = result->confirmed ? State::kDelivered : State::kSent;
    delivery.last_error = result->detail;
    return;
  }
  const Error& error = result.error();
  delivery.last_error = error.detail;
  if (!Describe(error.code).retryable) {
    delivery.state = State::kFailed;
  } else if (delivery.attempts >= policy.attempts) {
    delivery.state = State::kFailed;
    delivery.last_error += " Given up after " + std::to_string(delivery.attempts) + " attempts.";
  } else {
    Clock::Duration wait = RetryDelay(delivery.attempts, random);
    if (error.retry_after) {
      wait = std::max(wait, std::min<Clock::Duration>(*error.retry_after, policy.longest_wait));
    }
    delivery.next_at_ms = Milliseconds(now + wait);
  }
}

}  // namespace notify::agent::delivery
