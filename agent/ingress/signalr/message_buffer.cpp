#include "agent/ingress/signalr/message_buffer.hpp"

#include <string>
#include <utility>
#include <variant>

namespace notify::agent::ingress::signalr {

namespace wire = ::notify::signalr;

bool MessageBuffer::Counts(const wire::HubMessage& message) {
  return !std::holds_alternative<wire::Ping>(message) &&
         !std::holds_alternative<wire::Close>(message) &&
         !std::holds_alternative<wire::Ack>(message) &&
         !std::holds_alternative<wire::Sequence>(message);
}

void MessageBuffer::Keep(hub::EncodedPtr message) {
  bytes_ += message->bytes().size();
  kept_.push_back(std::move(message));
}

Status MessageBuffer::Acknowledged(std::int64_t number) {
  const std::int64_t last = first_ + static_cast<std::int64_t>(kept_.size()) - 1;
  if (number > last) {
    return Fail(Errc::kInvalidArgument,
                "Message " + std::to_string(number) + " is acknowledged and was never sent.");
  }
  for (; first_ <= number; ++first_) {
    bytes_ -= kept_.front()->bytes().size();
    kept_.pop_front();
  }
  return {};
}

Status MessageBuffer::SendsFrom(std::int64_t number) {
  if (number < 1 || number > received_ + 1) {
    return Fail(Errc::kInvalidArgument,
                "Sequence ID greater than amount of messages we've received.");
  }
  next_in_ = number;
  awaiting_ = false;
  return {};
}

bool MessageBuffer::Receive() {
  if (awaiting_) return false;
  const std::int64_t number = next_in_++;
  if (number <= received_) {
    repeat_ack_ = true;
    return false;
  }
  received_ = number;
  return true;
}

std::optional<std::int64_t> MessageBuffer::TakeAck() {
  if (received_ == told_ && !repeat_ack_) return std::nullopt;
  told_ = received_;
  repeat_ack_ = false;
  return received_;
}

}  // namespace notify::agent::ingress::signalr
