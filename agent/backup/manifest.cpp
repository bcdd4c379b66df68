#include "agent/backup/manifest.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace notify::agent::backup {
namespace {

constexpr int kFormat = 1;
constexpr int kOldestReader = 1;

Error NoManifest() {
  return Fail(Errc::kInvalidArgument, "This is not a backup: it has no manifest.",
              "Make one with: notifyctl agent backup FILE");
}

bool IsSegmentName(std::string_view name) {
  constexpr std::size_t kDigits = 8;
  return name.size() >= kDigits + 4 && name.ends_with(".seg") &&
         std::ranges::all_of(name.substr(0, name.size() - 4),
                             [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string ToJson(const Manifest& manifest) {
  nlohmann::ordered_json json = {{"format", kFormat},
                                 {"oldestReader", kOldestReader},
                                 {"version", manifest.version},
                                 {"createdAt", manifest.created_at},
                                 {"masterKeyId", manifest.master_key_id},
                                 {"tenants", nlohmann::ordered_json::array()}};
  for (const TenantId& tenant : manifest.tenants) json["tenants"].push_back(tenant.text());
  return json.dump(2) + "\n";
}

Result<Manifest> ParseManifest(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return NoManifest();
  const auto number = [&json](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
  };
  const auto string = [&json](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (number("format") < 1) return NoManifest();
  if (number("oldestReader") > kFormat) {
    return Fail(Errc::kUnavailable,
                "The backup was made by a newer agent (" + string("version") + ").",
                "Restore it with an agent of that version.");
  }
  Manifest manifest{string("version"), string("createdAt"), string("masterKeyId"), {}};
  const auto tenants = json.find("tenants");
  if (tenants == json.end() || !tenants->is_array()) return NoManifest();
  for (const auto& name : *tenants) {
    auto id = name.is_string() ? TenantId::Parse(name.get<std::string>()) : TenantId::Parse("");
    if (!id) return NoManifest();
    manifest.tenants.push_back(std::move(*id));
  }
  return manifest;
}

std::string MemberName(const TenantId& tenant, std::string_view file) {
  return "tenants/" + tenant.text() + "/" + std::string(file);
}

Result<TenantId> TenantOfMember(std::string_view name) {
  constexpr std::string_view kFolder = "tenants/";
  constexpr std::string_view kLog = "log/";
  const auto refused = [&] {
    return Fail(Errc::kInvalidArgument,
                "The archive has a member that no backup has: " + std::string(name) + ".");
  };
  if (!name.starts_with(kFolder)) return refused();
  std::string_view rest = name.substr(kFolder.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return refused();
  auto id = TenantId::Parse(std::string(rest.substr(0, slash)));
  rest.remove_prefix(slash + 1);
  const bool in_log = rest.starts_with(kLog);
  const std::string_view file = in_log ? rest.substr(kLog.size()) : rest;
  const bool known = in_log ? file == "index.db" || IsSegmentName(file) : file == "state.db";
  if (!id || !known) return refused();
  return std::move(*id);
}

}  // namespace notify::agent::backup
