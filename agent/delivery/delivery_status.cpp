#include "agent/delivery/delivery_status.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/model/rfc3339.hpp"

namespace notify::agent::delivery {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kUser = "user:";
constexpr std::string_view kHidden = "***";

Json Time(std::int64_t ms) {
  if (ms == 0) return nullptr;
  std::string text;
  AppendRfc3339(text, ms);
  return text;
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// The first character, and that there is more.
std::string FirstOf(std::string_view text) {
  std::size_t end = std::min<std::size_t>(1, text.size());
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return std::string(text.substr(0, end)) + std::string(kHidden);
}

Json AttemptJson(const Attempt& attempt) {
  Json json = {{"round", attempt.round},
               {"attempt", attempt.number},
               {"at", Time(attempt.at_ms)},
               {"tookMs", attempt.took_ms},
               {"result", StateName(attempt.result)}};
  json["code"] = TextOrNull(attempt.code);
  json["detail"] = attempt.detail;
  json["providerId"] = TextOrNull(attempt.receipt);
  return json;
}

Json StatusOf(const Delivery& delivery, bool reveal) {
  const bool pending = delivery.state == State::kPending;
  const bool failed = delivery.state == State::kFailed;
  const std::string& user = delivery.userid;
  Json json = {
      {"id", delivery.id},
      {"notification", delivery.notification},
      {"event",
       {{"epoch", delivery.event.epoch.value}, {"sequence", delivery.event.sequence.value}}},
      {"rule", TextOrNull(delivery.rule)},
      {"ruleVersion", delivery.rule_version},
      {"templateId", TextOrNull(delivery.template_id)},
      {"channel", ChannelName(delivery.channel)},
      {"recipient", reveal ? delivery.recipient : Masked(delivery.recipient)},
      {"userId", TextOrNull(reveal || user.empty() ? user : FirstOf(user))},
      {"status", StateName(delivery.state)},
      {"attempts", delivery.attempts},
      {"retryCount", std::max(delivery.attempts - 1, 0)},
      {"nextAttemptAt", pending ? Time(delivery.next_at_ms) : Json()},
      {"deliveredAt", pending || failed ? Json() : Time(delivery.updated_ms)},
      {"failureReason", failed ? TextOrNull(delivery.last_error) : Json()},
      {"detail", delivery.last_error},
      {"correlationId", TextOrNull(delivery.correlationid)},
      {"createdAt", Time(delivery.created_ms)},
      {"updatedAt", Time(delivery.updated_ms)}};
  // As the delivery of an event names it.
  json["state"] = StateName(delivery.state);
  if (!delivery.replay.empty()) {
    json["replay"] = {{"token", delivery.replay}, {"event", delivery.replay_of}};
  }
  return json;
}

}  // namespace

std::string ChannelName(std::string_view channel) {
  std::string name(channel);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

std::string ChannelFromName(std::string_view name) {
  std::string channel(name);
  std::ranges::transform(channel, channel.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return channel;
}

std::string Masked(std::string_view recipient) {
  if (recipient.starts_with(kUser)) {
    return std::string(kUser) + FirstOf(recipient.substr(kUser.size()));
  }
  if (const auto scheme = recipient.find("://"); scheme != std::string_view::npos) {
    // User and password stand before the host.
    const std::string_view rest = recipient.substr(scheme + 3);
    std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
    if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
    return std::string(recipient.substr(0, scheme + 3)) + std::string(host) + "/" +
           std::string(kHidden);
  }
  return std::string(recipient);
}

std::string DeliveryStatusJson(const Delivery& delivery, bool reveal) {
  return Dump(StatusOf(delivery, reveal));
}

std::string DeliveryStatusJson(const Delivery& delivery, std::span<const Attempt> attempts,
                               bool reveal) {
  Json json = StatusOf(delivery, reveal);
  json["history"] = Json::array();
  for (const Attempt& attempt : attempts) json["history"].push_back(AttemptJson(attempt));
  json["providerId"] = attempts.empty() ? Json() : TextOrNull(attempts.back().receipt);
  return Dump(json);
}

}  // namespace notify::agent::delivery
