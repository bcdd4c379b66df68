// The attempts of deliveries, beside the queue in state.db; they go with their delivery.
#include <algorithm>

#include "agent/delivery/delivery_queue.hpp"

namespace notify::agent::delivery {

using store::Row;

Status DeliveryQueue::RecordAttempt(std::string_view id, const Attempt& attempt) {
  const auto written =
      state_.Run("INSERT OR REPLACE INTO delivery_attempts VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
                 {id, std::int64_t{attempt.round}, std::int64_t{attempt.number}, attempt.at_ms,
                  attempt.took_ms, static_cast<std::int64_t>(attempt.result), attempt.code,
                  attempt.detail, attempt.receipt});
  return written ? Status() : Status(written.error());
}

Result<std::vector<Attempt>> DeliveryQueue::AttemptsOf(std::string_view id) {
  std::vector<Attempt> attempts;
  auto read = state_.Query(
      "SELECT round,number,at_ms,took_ms,result,code,detail,receipt FROM delivery_attempts WHERE "
      "delivery=?1 ORDER BY round DESC,number DESC LIMIT ?2",
      {id, kMostAttempts}, [&](const Row& row) {
        attempts.push_back({.round = static_cast<int>(row.Integer(0)),
                            .number = static_cast<int>(row.Integer(1)),
                            .at_ms = row.Integer(2),
                            .took_ms = row.Integer(3),
                            .result = static_cast<State>(row.Integer(4)),
                            .code = row.Text(5),
                            .detail = row.Text(6),
                            .receipt = row.Text(7)});
        return true;
      });
  if (!read) return read.error();
  std::ranges::reverse(attempts);
  return attempts;
}

}  // namespace notify::agent::delivery
