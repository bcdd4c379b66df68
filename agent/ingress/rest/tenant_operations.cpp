#include "agent/ingress/rest/tenant_operations.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/list_cursor.hpp"
#include "agent/tenant/handle_issuer.hpp"

namespace notify::agent::ingress::rest {
namespace {

constexpr std::uint64_t kMaxBody = 256 << 10;

class Tenants {
 public:
  explicit Tenants(TenantParts parts) : parts_(parts) {}

  async::Task<Result<Response>> Create(Call& call) {
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto draft = tenant::ParseTenantDraft(*body);
    if (!draft) co_return draft.error();
    const std::string id = draft->id.text();
    auto made =
        co_await parts_.registry.Create(std::move(*draft), tenant::Registry::Origin::kRequest);
    Note(parts_.audit, call, "tenant.create", "tenant:" + id, made);
    if (!made) co_return made.error();
    co_return co_await Show(call, std::move(*made), 201);
  }

  async::Task<Result<Response>> List(Call& call) {
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    const auto cursor = CursorPlace(call, "tenants");
    if (!cursor) co_return cursor.error();
    const std::string after = cursor->value_or("");
    std::vector<std::string> items;
    std::string last;
    std::string next;
    const auto directory = parts_.directory.OfIo(call.exchange.io_index()).Get();
    for (const tenant::TenantPtr& record : directory->tenants()) {
      if (record->id.text() <= after) continue;
      if (items.size() == *limit) {
        next = NextCursor(call, "tenants", last);
        break;
      }
      last = record->id.text();
      items.push_back(tenant::TenantJson(*record));
    }
    co_return ListResponse(items, next);
  }

  async::Task<Result<Response>> Get(Call& call) {
    auto id = TenantId::Parse(call.Parameter("id"));
    if (!id) co_return id.error();
    auto record = parts_.directory.OfIo(call.exchange.io_index()).Get()->Tenant(*id);
    if (!record) co_return NotThere(*id);
    co_return co_await Show(call, std::move(record), 200);
  }

  async::Task<Result<Response>> Update(Call& call) {
    auto id = TenantId::Parse(call.Parameter("id"));
    if (!id) co_return id.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto changed = co_await parts_.registry.Update(*id, std::move(*body));
    Note(parts_.audit, call, "tenant.update", "tenant:" + id->text(), changed);
    if (!changed) co_return changed.error();
    co_return co_await Show(call, std::move(*changed), 200);
  }

  async::Task<Result<Response>> Suspend(Call& call) {
    auto id = TenantId::Parse(call.Parameter("id"));
    if (!id) co_return id.error();
    auto changed = co_await parts_.registry.Suspend(*id);
    Note(parts_.audit, call, "tenant.suspend", "tenant:" + id->text(), changed);
    if (!changed) co_return changed.error();
    co_return co_await Show(call, std::move(*changed), 200);
  }

  async::Task<Result<Response>> Resume(Call& call) {
    auto id = TenantId::Parse(call.Parameter("id"));
    if (!id) co_return id.error();
    auto changed = co_await parts_.registry.Resume(*id);
    Note(parts_.audit, call, "tenant.resume", "tenant:" + id->text(), changed);
    if (!changed) co_return changed.error();
    co_return co_await Show(call, std::move(*changed), 200);
  }

  async::Task<Result<Response>> Delete(Call& call) {
    auto id = TenantId::Parse(call.Parameter("id"));
    if (!id) co_return id.error();
    auto deleted = co_await parts_.registry.Delete(*id);
    Note(parts_.audit, call, "tenant.delete", "tenant:" + id->text(), deleted);
    if (!deleted) co_return deleted.error();
    co_return Json("{\"id\":\"" + id->text() + "\",\"deleted\":true}");
  }

 private:
  static Error NotThere(const TenantId& id) {
    return Fail(Errc::kTenantNotFound, "There is no tenant '" + id.text() + "'.",
                "notifyctl tenant list shows those there are.");
  }

  /// The tenant with what its log says of itself.
  async::Task<Result<Response>> Show(Call& call, tenant::TenantPtr record, int status) {
    std::string json = tenant::TenantJson(*record);
    const auto directory = parts_.directory.OfIo(call.exchange.io_index()).Get();
    auto handle = tenant::HandleIssuer::ForRequest(*directory, call.caller.principal, record->id);
    if (handle) {
      auto head = co_await parts_.log.Head(*handle);
      if (head) {
        json.pop_back();
        json += ",\"log\":{\"first\":" + std::to_string(head->first.value) +
                ",\"last\":" + std::to_string(head->last.value) +
                ",\"events\":" + std::to_string(head->last.value + 1 - head->first.value) +
                ",\"bytes\":" + std::to_string(head->bytes) + "}";
        json += ",\"dedupe\":{\"horizonSeconds\":" + std::to_string(head->dedupe_horizon_seconds) +
                ",\"horizonEvents\":" + std::to_string(head->dedupe_horizon_events) + "}}";
      }
    }
    co_return Json(std::move(json), status);
  }

  const TenantParts parts_;
};

}  // namespace

void AddTenantOperations(Operations& operations, TenantParts parts) {
  // Shared by the operations, which live as long as the server.
  auto tenants = std::make_shared<Tenants>(parts);
  operations.Add("createTenant", [tenants](Call& call) { return tenants->Create(call); });
  operations.Add("listTenants", [tenants](Call& call) { return tenants->List(call); });
  operations.Add("getTenant", [tenants](Call& call) { return tenants->Get(call); });
  operations.Add("updateTenant", [tenants](Call& call) { return tenants->Update(call); });
  operations.Add("suspendTenant", [tenants](Call& call) { return tenants->Suspend(call); });
  operations.Add("resumeTenant", [tenants](Call& call) { return tenants->Resume(call); });
  operations.Add("deleteTenant", [tenants](Call& call) { return tenants->Delete(call); });
}

}  // namespace notify::agent::ingress::rest
