#include "cli/client/hub/stateful_buffer.hpp"

#include <variant>

namespace notify::cli::client {

bool IsCounted(const signalr::HubMessage& message) {
  return !std::holds_alternative<signalr::Ping>(message) &&
         !std::holds_alternative<signalr::Close>(message) &&
         !std::holds_alternative<signalr::Ack>(message) &&
         !std::holds_alternative<signalr::Sequence>(message);
}

void StatefulBuffer::Keep(std::string_view bytes) {
  ++sent_;
  bytes_ += bytes.size();
  kept_.emplace_back(bytes);
}

void StatefulBuffer::Acknowledged(std::int64_t sequence_id) {
  for (auto first = FirstKept(); !kept_.empty() && first <= sequence_id; ++first) {
    bytes_ -= kept_.front().size();
    kept_.pop_front();
  }
}

std::int64_t StatefulBuffer::FirstKept() const {
  return sent_ + 1 - static_cast<std::int64_t>(kept_.size());
}

Result<bool> StatefulBuffer::Admit(const signalr::HubMessage& message, Clock::TimePoint now) {
  if (const auto* sequence = std::get_if<signalr::Sequence>(&message)) {
    awaits_sequence_ = false;
    if (sequence->sequence_id > next_) {
      return Fail(Errc::kInvalidArgument, "The hub goes on at message " +
                                              std::to_string(sequence->sequence_id) + ", and " +
                                              std::to_string(next_) + " has not come.");
    }
    next_ = sequence->sequence_id;
    return true;
  }
  if (awaits_sequence_) return false;
  if (!IsCounted(message)) return true;
  const auto current = next_++;
  if (current <= latest_) {
    // The last one of what is repeated: the other side has not seen the Ack for it.
    if (current == latest_) WantAck(now);
    return false;
  }
  latest_ = current;
  WantAck(now);
  return true;
}

void StatefulBuffer::WantAck(Clock::TimePoint now) {
  if (!ack_due_) ack_due_ = now + kAckAfter;
}

std::int64_t StatefulBuffer::TakeAck() {
  ack_due_.reset();
  return latest_;
}

}  // namespace notify::cli::client
