#include "agent/routing/recipients.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/model/json_pointer.hpp"

namespace notify::agent::routing {
namespace {

constexpr std::size_t kLongestUser = 256;

void AddUser(Recipients& recipients, const std::string& user) {
  std::string address = "user:" + user;
  const auto known = std::ranges::find(recipients.list, address, &Recipient::address);
  if (known == recipients.list.end()) recipients.list.push_back({std::move(address), {}});
}

void AddUsersFrom(Recipients& recipients, const std::string& pointer,
                  const nlohmann::json& envelope) {
  const nlohmann::json* value = FindByPointer(envelope, pointer);
  if (value == nullptr) {
    recipients.reason = "The audience is " + pointer + ", which the event does not have.";
    return;
  }
  const nlohmann::json list = value->is_array() ? *value : nlohmann::json::array({*value});
  for (const nlohmann::json& item : list) {
    const auto* user = item.get_ptr<const std::string*>();
    if (user == nullptr || user->empty() || user->size() > kLongestUser ||
        recipients.list.size() >= Audience::kMaxUsers) {
      continue;
    }
    AddUser(recipients, *user);
  }
  if (recipients.list.empty()) {
    recipients.reason = "The audience is " + pointer + ", which holds no user's name.";
  }
}

}  // namespace

Recipients Resolve(const Audience& audience, const nlohmann::json& envelope) {
  Recipients recipients;
  switch (audience.kind) {
    case Audience::Kind::kTenant:
      recipients.list.push_back({"tenant", {}});
      break;
    case Audience::Kind::kUsers:
      for (const std::string& user : audience.users) AddUser(recipients, user);
      break;
    case Audience::Kind::kUserFrom:
      AddUsersFrom(recipients, audience.user_from, envelope);
      break;
    case Audience::Kind::kWebhook:
      recipients.list.push_back({audience.url, audience.secret});
      break;
  }
  return recipients;
}

}  // namespace notify::agent::routing
