#include "agent/inbox/inbox_events.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace notify::agent::inbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kCreated = "notification.created";
constexpr std::string_view kUserRecipient = "user:";

// In the order of Action.
constexpr std::array<std::string_view, 4> kTypes = {
    "notification.read", "notification.unread", "notification.archived", "notification.unarchived"};

std::string TextOf(const Json& data, const char* member) {
  const auto found = data.find(member);
  return found != data.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json DataOf(const EventView& event) {
  if (event.data_kind != DataKind::kJson) return nullptr;
  return Json::parse(event.data, nullptr, false);
}

std::optional<UpTo> ReadUpTo(const Json& value) {
  if (!value.is_object()) return std::nullopt;
  const auto sequence = value.find("sequence");
  if (sequence == value.end() || !sequence->is_number_unsigned()) return std::nullopt;
  return UpTo{TextOf(value, "notification"), Sequence{sequence->get<std::uint64_t>()}};
}

}  // namespace

std::optional<Item> ReadCreated(const EventView& event) {
  if (event.type != kCreated) return std::nullopt;
  const Json data = DataOf(event);
  if (!data.is_object()) return std::nullopt;
  const auto content = data.find("content");
  const std::string recipient = TextOf(data, "recipient");
  if (content == data.end() || !content->is_object() || !recipient.starts_with(kUserRecipient)) {
    return std::nullopt;
  }
  Item item;
  item.notification = TextOf(data, "notification");
  item.user = recipient.substr(kUserRecipient.size());
  item.content = content->dump(-1, ' ', false, Json::error_handler_t::replace);
  if (item.notification.empty() || item.user.empty()) return std::nullopt;
  return item;
}

std::optional<Marking> ReadMarking(const EventView& event) {
  const auto* const type = std::ranges::find(kTypes, event.type);
  if (type == kTypes.end()) return std::nullopt;
  const Json data = DataOf(event);
  if (!data.is_object()) return std::nullopt;
  Marking marking;
  marking.action = static_cast<Action>(type - kTypes.begin());
  marking.user = TextOf(data, "user");
  if (const auto up_to = data.find("upTo"); up_to != data.end()) {
    marking.up_to = ReadUpTo(*up_to);
    if (!marking.up_to) return std::nullopt;
    return marking;
  }
  const auto ids = data.find("notifications");
  if (ids == data.end() || !ids->is_array()) return std::nullopt;
  for (const Json& id : *ids) {
    if (id.is_string()) marking.ids.push_back(id.get<std::string>());
  }
  return marking;
}

OwnEvent MarkingEvent(const Marking& marking, std::string_view actor) {
  Json data = {{"user", marking.user}};
  if (marking.up_to) {
    // Without the epoch: a restored log has another one, and the same numbers.
    data["upTo"] = {{"notification", marking.up_to->notification},
                    {"sequence", marking.up_to->sequence.value}};
  } else {
    data["notifications"] = marking.ids;
  }
  data["by"] = actor;
  OwnEvent event;
  event.type = kTypes.at(static_cast<std::size_t>(marking.action));
  event.userid = marking.user;
  event.data_json = data.dump(-1, ' ', false, Json::error_handler_t::replace);
  return event;
}

}  // namespace notify::agent::inbox
