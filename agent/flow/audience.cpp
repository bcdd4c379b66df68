#include "agent/flow/audience.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/encoding.hpp"
#include "common/model/json_pointer.hpp"

namespace notify::agent {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kLongestUrl = 2048;

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void ReadUsers(ObjectReader& reader, const nlohmann::json& list, Audience& audience) {
  if (!list.is_array() || list.empty() || list.size() > Audience::kMaxUsers) {
    reader.Refuse("users", "must be a list of 1 to " + std::to_string(Audience::kMaxUsers));
    return;
  }
  for (const nlohmann::json& user : list) {
    const auto* text = user.get_ptr<const std::string*>();
    if (text == nullptr || text->empty() || text->size() > 256) {
      reader.Refuse("users", "must hold texts of 1 to 256 bytes");
      return;
    }
    audience.users.push_back(*text);
  }
}

void ReadWebhook(const nlohmann::json& value, const std::string& pointer,
                 std::vector<FieldError>& errors, Audience& audience) {
  ObjectReader reader(value, pointer, errors);
  audience.url = reader.RequiredText("url", kLongestUrl);
  if (!audience.url.empty() && !audience.url.starts_with("https://") &&
      !audience.url.starts_with("http://")) {
    reader.Refuse("url", "must begin with https://");
  }
  std::string secret = reader.Text("secret", {}, 256);
  if (!secret.empty() && (!secret.starts_with(kSecretPrefix) || WebhookKey(secret).empty())) {
    reader.Refuse("secret", "must be whsec_ and the base64 of 24 to 64 bytes");
  }
  audience.secret = Secret(std::move(secret));
  reader.RefuseOthers();
}

}  // namespace

std::string WebhookKey(std::string_view secret) {
  if (secret.starts_with(kSecretPrefix)) secret.remove_prefix(kSecretPrefix.size());
  std::string key = FromBase64(secret).value_or(std::string());
  return key.size() < 24 || key.size() > 64 ? std::string() : key;
}

Audience ReadAudience(const nlohmann::json& value, const std::string& pointer,
                      std::vector<FieldError>& errors) {
  Audience audience;
  ObjectReader reader(value, pointer, errors);
  int given = 0;
  if (reader.Optional("tenant") != nullptr) {
    ++given;
    if (!reader.Flag("tenant", true)) reader.Refuse("tenant", "can only be true");
  }
  if (reader.Optional("user") != nullptr) {
    ++given;
    audience.kind = Audience::Kind::kUsers;
    audience.users = {reader.Text("user", {})};
  }
  if (const nlohmann::json* users = reader.Optional("users")) {
    ++given;
    audience.kind = Audience::Kind::kUsers;
    ReadUsers(reader, *users, audience);
  }
  if (reader.Optional("userFrom") != nullptr) {
    ++given;
    audience.kind = Audience::Kind::kUserFrom;
    audience.user_from = reader.Text("userFrom", {});
    if (!IsJsonPointer(audience.user_from)) reader.Refuse("userFrom", "must be a JSON Pointer");
  }
  if (const nlohmann::json* webhook = reader.Optional("webhook")) {
    ++given;
    audience.kind = Audience::Kind::kWebhook;
    ReadWebhook(*webhook, reader.PointerTo("webhook"), errors, audience);
  }
  reader.RefuseOthers();
  if (given != 1 && value.is_object()) {
    reader.Refuse("", "must name one of tenant, user, users, userFrom, webhook");
  }
  return audience;
}

std::vector<std::string> ReadChannels(ObjectReader& reader, const Audience& audience) {
  const bool webhook = audience.kind == Audience::Kind::kWebhook;
  const std::string_view own = webhook ? "webhook" : "in_app";
  const nlohmann::json* list = reader.Optional("channels");
  if (list == nullptr) return {std::string(own)};
  std::vector<std::string> channels;
  if (!list->is_array() || list->empty()) {
    reader.Refuse("channels", "must be a list of in_app, webhook, log");
    return channels;
  }
  for (const nlohmann::json& item : *list) {
    const auto* name = item.get_ptr<const std::string*>();
    std::string channel = name == nullptr ? std::string() : LowerCase(*name);
    if (channel != "in_app" && channel != "webhook" && channel != "log") {
      reader.Refuse("channels", "must be a list of in_app, webhook, log");
    } else if (channel != "log" && channel != own) {
      reader.Refuse("channels", webhook ? "in_app needs an audience of users or the tenant"
                                        : "webhook needs an audience with a webhook");
    } else if (std::ranges::find(channels, channel) == channels.end()) {
      channels.push_back(std::move(channel));
    }
  }
  return channels;
}

std::string ReadPriority(ObjectReader& reader) {
  std::string priority = LowerCase(reader.Text("priority", "medium"));
  if (priority != "low" && priority != "medium" && priority != "high" && priority != "critical") {
    reader.Refuse("priority", "must be low, medium, high or critical");
  }
  return priority;
}

nlohmann::json AudienceJson(const Audience& audience) {
  switch (audience.kind) {
    case Audience::Kind::kTenant:
      return {{"tenant", true}};
    case Audience::Kind::kUsers:
      if (audience.users.size() == 1) return {{"user", audience.users.front()}};
      return {{"users", audience.users}};
    case Audience::Kind::kUserFrom:
      return {{"userFrom", audience.user_from}};
    case Audience::Kind::kWebhook:
      return {{"webhook", {{"url", audience.url}}}};
  }
  return {};
}

}  // namespace notify::agent
