#include "agent/delivery/delivery.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "common/model/rfc3339.hpp"

namespace notify::agent::delivery {
namespace {

constexpr std::array<std::string_view, 4> kStates = {"PENDING", "SENT", "DELIVERED", "FAILED"};

nlohmann::ordered_json Time(std::int64_t ms) {
  if (ms == 0) return nullptr;
  std::string text;
  AppendRfc3339(text, ms);
  return text;
}

}  // namespace

std::string_view StateName(State state) { return kStates.at(static_cast<std::size_t>(state)); }

std::optional<State> StateFromName(std::string_view name) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] == name) return static_cast<State>(i);
  }
  return std::nullopt;
}

int PriorityNumber(std::string_view priority) {
  if (priority == "low") return 0;
  if (priority == "high") return 2;
  return priority == "critical" ? 3 : 1;
}

std::string DeliveryJson(const Delivery& delivery) {
  const bool pending = delivery.state == State::kPending;
  nlohmann::ordered_json shown = {
      {"id", delivery.id},
      {"notification", delivery.notification},
      {"event",
       {{"epoch", delivery.event.epoch.value}, {"sequence", delivery.event.sequence.value}}},
      {"rule", delivery.rule},
      {"ruleVersion", delivery.rule_version},
      {"channel", delivery.channel},
      {"recipient", delivery.recipient},
      {"state", StateName(delivery.state)},
      {"attempts", delivery.attempts},
      {"nextAttemptAt", pending ? Time(delivery.next_at_ms) : nlohmann::ordered_json()},
      {"detail", delivery.last_error},
      {"createdAt", Time(delivery.created_ms)},
      {"updatedAt", Time(delivery.updated_ms)}};
  if (!delivery.replay.empty()) {
    shown["replay"] = {{"token", delivery.replay}, {"event", delivery.replay_of}};
  }
  return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace notify::agent::delivery
