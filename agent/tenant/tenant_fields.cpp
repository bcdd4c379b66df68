#include "agent/tenant/tenant_fields.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/tenant/inbox_fields.hpp"
#include "agent/tenant/method_fields.hpp"
#include "agent/tenant/retention_fields.hpp"
#include "common/config/nearest.hpp"
#include "common/model/json_pointer.hpp"
#include "common/model/object_reader.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::tenant {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kBroadcast = "notifications.broadcast";
constexpr std::string_view kSubscribable = "notifications.subscribable";
constexpr std::string_view kPayload = "hub.payload";
constexpr std::string_view kMethods = "hub.methods";
constexpr std::size_t kMostHosts = 32;
constexpr std::size_t kMostTypes = 256;
constexpr std::uint32_t kMostLimit = 1'000'000'000;
constexpr std::string_view kStorageBytes = "storageBytes";
constexpr std::uint64_t kLeastStorage = 1 << 20;
constexpr std::uint64_t kMostStorage = 1ULL << 50;

struct LimitField {
  const char* name;
  std::optional<std::uint32_t> TenantLimits::*member;
};
constexpr std::array kLimits = {LimitField{"eventsPerSecond", &TenantLimits::events_per_second},
                                LimitField{"eventsBurst", &TenantLimits::events_burst},
                                LimitField{"requestsPerSecond", &TenantLimits::requests_per_second},
                                LimitField{"requestsBurst", &TenantLimits::requests_burst},
                                LimitField{"connections", &TenantLimits::connections},
                                LimitField{"connectionsSoft", &TenantLimits::connections_soft}};

bool IsLabelChar(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

bool IsHost(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  while (true) {
    const auto label = host.substr(0, host.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return false;
    }
    if (!std::ranges::all_of(label, IsLabelChar)) return false;
    if (label.size() == host.size()) return true;
    host.remove_prefix(label.size() + 1);
  }
}

bool IsTypeChar(char c) { return IsLabelChar(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.'; }

// A type, `prefix.*`, or `*`: the grammar of MatchesType.
bool IsTypePattern(std::string_view text) {
  if (text == "*") return true;
  const bool prefix = text.ends_with(".*");
  if (prefix) text.remove_suffix(2);
  if (text.empty() || text.size() > 255 || !std::ranges::all_of(text, IsTypeChar)) return false;
  return prefix || text.find('.') != text.npos;
}

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::vector<std::string> TextsOf(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list) {
    if (const auto* text = item.get_ptr<const std::string*>()) texts.push_back(*text);
  }
  return texts;
}

/// The members of a body, with what is wrong in them.
class Fields {
 public:
  explicit Fields(const Json& body) : reader_(body, "", errors_) {}

  ObjectReader& reader() { return reader_; }

  TenantChange Read(const TenantRecord& now) {
    TenantChange change;
    if (reader_.Optional("name") != nullptr) change.name = reader_.Text("name", "", 128);
    if (reader_.Optional("tier") != nullptr) change.tier = Tier();
    if (const Json* hosts = reader_.Optional("hosts")) change.hosts = Hosts(*hosts);
    if (const Json* config = reader_.Optional("config")) change.settings = Config(*config, now);
    if (const Json* limits = reader_.Optional("limits")) change.limits = Limits(*limits, now);
    reader_.RefuseOthers();
    return change;
  }

  Status Done() { return RefuseIfAny(std::move(errors_)); }

 private:
  void Refuse(std::string pointer, std::string detail) {
    errors_.push_back({.pointer = std::move(pointer), .detail = std::move(detail)});
  }

  std::string Tier() {
    std::string tier = reader_.Text("tier", "", 32);
    if (!std::ranges::all_of(tier, IsLabelChar)) {
      reader_.Refuse("tier", "must be of a-z, 0-9 and -");
    }
    return tier;
  }

  std::vector<std::string> Hosts(const Json& list) {
    std::vector<std::string> hosts;
    if (!list.is_array() || list.size() > kMostHosts) {
      Refuse("/hosts", "must be a list of at most " + std::to_string(kMostHosts) + " host names");
      return hosts;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto* text = list[i].get_ptr<const std::string*>();
      std::string host = text == nullptr ? "" : Lower(*text);
      if (!IsHost(host)) {
        Refuse("/hosts/" + std::to_string(i), "must be a whole host name without a port");
      } else if (std::ranges::find(hosts, host) != hosts.end()) {
        Refuse("/hosts/" + std::to_string(i), "is there twice");
      }
      hosts.push_back(std::move(host));
    }
    return hosts;
  }

  void RefuseUnknown(const std::string& object, const std::string& name,
                     const std::vector<std::string>& known) {
    const auto nearest = NearestWord(name, known);
    std::string all;
    for (const std::string& word : known) all += (all.empty() ? "" : ", ") + word;
    Refuse(object + "/" + PointerToken(name), nearest
                                                  ? "is not known; did you mean " + *nearest + "?"
                                                  : "is not known; known are " + all);
  }

  std::vector<std::string> Types(const Json& list, const std::string& pointer) {
    if (!list.is_array() || list.size() > kMostTypes) {
      Refuse(pointer, "must be a list of at most " + std::to_string(kMostTypes) + " event types");
      return {};
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto* text = list[i].get_ptr<const std::string*>();
      if (text == nullptr || !IsTypePattern(*text)) {
        Refuse(pointer + "/" + std::to_string(i),
               "must be an event type as in fx.quote.created, a prefix as in fx.*, or *");
      }
    }
    return TextsOf(list);
  }

  TenantSettings Config(const Json& config, const TenantRecord& now) {
    TenantSettings settings = now.settings;
    const TenantSettings defaults;
    if (!config.is_object()) {
      Refuse("/config", "must be a JSON object");
      return settings;
    }
    const std::vector<std::string> retention = RetentionKeys();
    const std::vector<std::string> inbox = InboxKeys();
    for (const auto& [name, value] : config.items()) {
      const std::string pointer = "/config/" + name;
      if (std::ranges::find(retention, name) != retention.end()) {
        auto demand = ReadRetention(name, value, settings.retention);
        if (demand) Refuse(pointer, std::move(*demand));
      } else if (std::ranges::find(inbox, name) != inbox.end()) {
        auto demand = ReadInbox(name, value, settings.inbox);
        if (demand) Refuse(pointer, std::move(*demand));
      } else if (name == kBroadcast) {
        settings.broadcast = value.is_null() ? defaults.broadcast : Types(value, pointer);
      } else if (name == kSubscribable) {
        settings.subscribable.reset();
        if (!value.is_null()) settings.subscribable = Types(value, pointer);
      } else if (name == kPayload) {
        if (value.is_null() || value == "envelope") {
          settings.payload = HubPayload::kEnvelope;
        } else if (value == "data") {
          settings.payload = HubPayload::kData;
        } else {
          Refuse(pointer, "must be envelope or data");
        }
      } else if (name == kMethods) {
        settings.methods =
            value.is_null() ? MethodPolicies() : ReadMethods(value, pointer, errors_);
      } else {
        std::vector<std::string> known = {std::string(kBroadcast), std::string(kSubscribable),
                                          std::string(kPayload), std::string(kMethods)};
        known.insert(known.end(), retention.begin(), retention.end());
        known.insert(known.end(), inbox.begin(), inbox.end());
        RefuseUnknown("/config", name, known);
      }
    }
    return settings;
  }

  std::optional<std::uint64_t> StorageBytes(const Json& value) {
    if (value.is_null()) return std::nullopt;
    if (value.is_number_unsigned() && value >= kLeastStorage && value <= kMostStorage) {
      return value.get<std::uint64_t>();
    }
    Refuse("/limits/" + std::string(kStorageBytes), "must be a whole number of bytes from " +
                                                        std::to_string(kLeastStorage) +
                                                        ", or null for the agent's default");
    return std::nullopt;
  }

  TenantLimits Limits(const Json& values, const TenantRecord& now) {
    TenantLimits limits = now.limits;
    if (!values.is_object()) {
      Refuse("/limits", "must be a JSON object");
      return limits;
    }
    for (const auto& [name, value] : values.items()) {
      const auto field = std::ranges::find_if(
          kLimits, [&name = name](const LimitField& known) { return name == known.name; });
      if (name == kStorageBytes) {
        limits.storage_bytes = StorageBytes(value);
      } else if (field == kLimits.end()) {
        std::vector<std::string> known = {std::string(kStorageBytes)};
        for (const LimitField& limit : kLimits) known.emplace_back(limit.name);
        RefuseUnknown("/limits", name, known);
      } else if (value.is_null()) {
        (limits.*field->member).reset();
      } else if (value.is_number_integer() && value >= 1 && value <= kMostLimit) {
        limits.*field->member = value.get<std::uint32_t>();
      } else {
        Refuse("/limits/" + name, "must be a whole number from 1 to " + std::to_string(kMostLimit) +
                                      ", or null for no limit");
      }
    }
    return limits;
  }

  std::vector<FieldError> errors_;
  ObjectReader reader_;
};

Json ConfigOf(const TenantSettings& settings) {
  Json config;
  config[kBroadcast] = settings.broadcast;
  config[kSubscribable] = settings.subscribable ? Json(*settings.subscribable) : Json();
  config[kPayload] = settings.payload == HubPayload::kData ? "data" : "envelope";
  config[kMethods] = MethodsJson(settings.methods);
  WriteRetention(settings.retention, config);
  WriteInbox(settings.inbox, config);
  return config;
}

Json LimitsOf(const TenantLimits& limits) {
  Json json;
  for (const LimitField& field : kLimits) {
    const auto& value = limits.*field.member;
    json[field.name] = value ? Json(*value) : Json();
  }
  json[kStorageBytes] = limits.storage_bytes ? Json(*limits.storage_bytes) : Json();
  return json;
}

}  // namespace

Result<TenantDraft> ParseTenantDraft(std::string_view json) {
  const auto body = ParseJsonObject(json);
  if (!body) return body.error();
  Fields fields(*body);
  const std::string name = fields.reader().RequiredText("id");
  TenantDraft draft;
  draft.fields = fields.Read(TenantRecord{});
  if (auto done = fields.Done(); !done) return done.error();
  auto id = TenantId::Parse(name);
  if (!id) return id.error();
  draft.id = std::move(*id);
  return draft;
}

Result<TenantChange> ParseTenantChange(std::string_view json, const TenantRecord& now) {
  const auto body = ParseJsonObject(json);
  if (!body) return body.error();
  Fields fields(*body);
  TenantChange change = fields.Read(now);
  if (auto done = fields.Done(); !done) return done.error();
  return change;
}

std::string ConfigJson(const TenantSettings& settings) { return ConfigOf(settings).dump(); }
std::string LimitsJson(const TenantLimits& limits) { return LimitsOf(limits).dump(); }
std::string HostsJson(const std::vector<std::string>& hosts) { return Json(hosts).dump(); }

TenantSettings SettingsFromJson(std::string_view json) {
  TenantSettings settings;
  const Json config = Json::parse(json, nullptr, false);
  if (!config.is_object()) return settings;
  if (const auto list = config.find(kBroadcast); list != config.end() && list->is_array()) {
    settings.broadcast = TextsOf(*list);
  }
  if (const auto list = config.find(kSubscribable); list != config.end() && list->is_array()) {
    settings.subscribable = TextsOf(*list);
  }
  if (const auto word = config.find(kPayload); word != config.end() && *word == "data") {
    settings.payload = HubPayload::kData;
  }
  if (const auto methods = config.find(kMethods); methods != config.end()) {
    std::vector<FieldError> ignored;
    settings.methods = ReadMethods(*methods, "", ignored);
  }
  for (const std::string& key : RetentionKeys()) {
    const auto value = config.find(key);
    if (value != config.end()) ReadRetention(key, *value, settings.retention);
  }
  for (const std::string& key : InboxKeys()) {
    const auto value = config.find(key);
    if (value != config.end()) ReadInbox(key, *value, settings.inbox);
  }
  return settings;
}

TenantLimits LimitsFromJson(std::string_view json) {
  TenantLimits limits;
  const Json values = Json::parse(json, nullptr, false);
  if (!values.is_object()) return limits;
  for (const LimitField& field : kLimits) {
    const auto value = values.find(field.name);
    if (value != values.end() && value->is_number_unsigned()) {
      limits.*field.member = value->get<std::uint32_t>();
    }
  }
  const auto storage = values.find(kStorageBytes);
  if (storage != values.end() && storage->is_number_unsigned()) {
    limits.storage_bytes = storage->get<std::uint64_t>();
  }
  return limits;
}

std::vector<std::string> HostsFromJson(std::string_view json) {
  const Json list = Json::parse(json, nullptr, false);
  return list.is_array() ? TextsOf(list) : std::vector<std::string>();
}

std::string TenantJson(const TenantRecord& tenant) {
  std::string created;
  AppendRfc3339(created, tenant.created_ms);
  nlohmann::ordered_json json;
  json["id"] = tenant.id.text();
  json["name"] = tenant.name;
  json["state"] = TenantStateName(tenant.state);
  json["tier"] = tenant.tier;
  json["createdAt"] = created;
  json["epoch"] = tenant.epoch.value;
  json["hosts"] = tenant.hosts;
  json["config"] = ConfigOf(tenant.settings);
  json["limits"] = LimitsOf(tenant.limits);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace notify::agent::tenant
