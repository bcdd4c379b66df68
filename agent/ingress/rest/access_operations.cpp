#include "agent/ingress/rest/access_operations.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/auth/roles.hpp"
#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/list_cursor.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxBody = 64 << 10;

std::string Time(std::int64_t unix_ms) {
  std::string text;
  AppendRfc3339(text, unix_ms);
  return text;
}

Error BadMember(const std::string& name, const std::string& why) {
  Error error = Fail(Errc::kInvalidArgument, "'" + name + "' " + why);
  error.errors.push_back({"/" + name, why, 0});
  return error;
}

Result<json> ReadObject(const std::string& body, std::initializer_list<std::string_view> known) {
  json parsed = json::parse(body, nullptr, false);
  if (parsed.is_discarded()) return Fail(Errc::kInvalidJson, "The body is not valid JSON.");
  if (!parsed.is_object()) return Fail(Errc::kInvalidArgument, "The body is not a JSON object.");
  for (const auto& [name, value] : parsed.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return BadMember(name, "is not known here.");
    }
  }
  return parsed;
}

Result<std::string> Text(const json& object, const std::string& name) {
  const auto found = object.find(name);
  if (found == object.end()) return std::string();
  if (!found->is_string()) return BadMember(name, "must be a string.");
  return found->get<std::string>();
}

/// `role` as `a,b`, or `roles` as a list.
Result<RoleSet> RolesOf(const json& object) {
  const auto text = Text(object, "role");
  if (!text) return text.error();
  if (!text->empty()) return auth::ParseRoles(*text);
  const auto list = object.find("roles");
  if (list == object.end()) return RoleSet();
  RoleSet roles;
  if (!list->is_array()) return BadMember("roles", "must be a list of roles.");
  for (const json& word : *list) {
    const auto role =
        word.is_string() ? auth::RoleFromString(word.get<std::string>()) : std::nullopt;
    if (!role) return BadMember("roles", "has something that is no role.");
    roles.Add(*role);
  }
  return roles;
}

json RoleList(RoleSet roles) {
  json list = json::array();
  for (const Role role : {Role::kSubscriber, Role::kViewer, Role::kPublisher, Role::kTenantAdmin,
                          Role::kPlatformAdmin}) {
    if (roles.Has(role)) list.push_back(auth::ToString(role));
  }
  return list;
}

json KeyJson(const tenant::KeyRow& row) {
  return {{"id", row.id},
          {"role", auth::ToString(row.roles)},
          {"tenant", row.tenant ? json(row.tenant->text()) : json()},
          {"name", row.name},
          {"createdAt", Time(row.created_ms)},
          {"revokedAt", row.revoked_ms ? json(Time(*row.revoked_ms)) : json()}};
}

class KeysAndTokens {
 public:
  KeysAndTokens(tenant::Access& access, AuditSink& audit, EndSessions end_sessions)
      : access_(access), audit_(audit), end_sessions_(std::move(end_sessions)) {}

  async::Task<Result<Response>> CreateKey(Call& call) {
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    const auto object = ReadObject(*body, {"role", "roles", "name"});
    if (!object) co_return object.error();
    tenant::KeyDraft draft;
    const auto roles = RolesOf(*object);
    if (!roles) co_return roles.error();
    auto name = Text(*object, "name");
    if (!name) co_return name.error();
    draft.roles = *roles;
    draft.name = std::move(*name);
    draft.granter = call.caller.principal.roles();
    auto made = co_await access_.CreateKey(call.caller.tenant, std::move(draft));
    Note(audit_, call, "key.create", made ? "key:" + made->row.id : "key", made);
    if (!made) co_return made.error();
    json answer = KeyJson(made->row);
    answer.erase("revokedAt");
    answer["key"] = made->key.Reveal();
    co_return Json(answer.dump(), 201);
  }

  async::Task<Result<Response>> ListKeys(Call& call) {
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    auto cursor = CursorPlace(call, "keys");
    if (!cursor) co_return cursor.error();
    std::string after = std::move(*cursor).value_or("");
    auto rows = co_await access_.ListKeys(call.caller.tenant, std::move(after), *limit + 1);
    if (!rows) co_return rows.error();
    std::vector<std::string> items;
    std::string next;
    for (const tenant::KeyRow& row : *rows) {
      if (items.size() == *limit) {
        next = NextCursor(call, "keys", (*rows)[*limit - 1].id);
        break;
      }
      items.push_back(KeyJson(row).dump());
    }
    co_return ListResponse(items, next);
  }

  async::Task<Result<Response>> RevokeKey(Call& call) {
    const std::string id(call.Parameter("id"));
    auto revoked = co_await access_.RevokeKey(call.caller.tenant, id);
    Note(audit_, call, "key.revoke", "key:" + id, revoked);
    if (!revoked) co_return revoked.error();
    if (call.caller.tenant) co_await end_sessions_(*call.caller.tenant, "key:" + id);
    co_return Json(json{{"id", id}, {"revoked", true}}.dump());
  }

  async::Task<Result<Response>> CreateToken(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    const auto object = ReadObject(*body, {"user", "role", "roles", "ttlSeconds"});
    if (!object) co_return object.error();
    TokenDraft draft;
    auto user = Text(*object, "user");
    if (!user) co_return user.error();
    draft.user = std::move(*user);
    const auto roles = RolesOf(*object);
    if (!roles) co_return roles.error();
    if (!roles->empty()) draft.roles = *roles;
    if (const auto ttl = object->find("ttlSeconds"); ttl != object->end()) {
      if (!ttl->is_number_integer()) co_return BadMember("ttlSeconds", "must be a whole number.");
      draft.ttl_seconds = ttl->get<std::int64_t>();
    }
    const RoleSet granter = call.caller.principal.roles();
    auto made = co_await access_.CreateToken(*tenant, std::move(draft), granter);
    Note(audit_, call, "token.create", "user:" + object->value("user", std::string()), made);
    if (!made) co_return made.error();
    const json answer = {{"token", made->token},
                         {"expiresAt", Time(made->expires_ms)},
                         {"user", made->user},
                         {"roles", RoleList(made->roles)},
                         {"tenant", tenant->id().text()},
                         {"jti", made->jti}};
    co_return Json(answer.dump(), 201);
  }

  async::Task<Result<Response>> RevokeUser(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string user(call.Parameter("user"));
    auto revoked = co_await access_.RevokeUser(*tenant, user);
    Note(audit_, call, "token.revoke", "user:" + user, revoked);
    if (!revoked) co_return revoked.error();
    co_await end_sessions_(*tenant, "user:" + user);
    co_return Json(json{{"user", user}, {"revoked", true}}.dump());
  }

 private:
  tenant::Access& access_;
  AuditSink& audit_;
  const EndSessions end_sessions_;
};

}  // namespace

void AddAccessOperations(Operations& operations, tenant::Access& access, AuditSink& audit,
                         EndSessions end_sessions) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<KeysAndTokens>(access, audit, std::move(end_sessions));
  operations.Add("createKey", [shared](Call& call) { return shared->CreateKey(call); });
  operations.Add("listKeys", [shared](Call& call) { return shared->ListKeys(call); });
  operations.Add("revokeKey", [shared](Call& call) { return shared->RevokeKey(call); });
  operations.Add("deleteKey", [shared](Call& call) { return shared->RevokeKey(call); });
  operations.Add("createToken", [shared](Call& call) { return shared->CreateToken(call); });
  operations.Add("revokeTokens", [shared](Call& call) { return shared->RevokeUser(call); });
}

}  // namespace notify::agent::ingress::rest
