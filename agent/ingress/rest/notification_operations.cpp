#include "agent/ingress/rest/notification_operations.hpp"

#include <memory>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"

namespace notify::agent::ingress::rest {
namespace {

using pipeline::Notifications;

constexpr std::uint64_t kMaxBody = 1 << 20;

class Delivering {
 public:
  Delivering(Notifications& notifications, AuditSink& audit, bool on)
      : notifications_(notifications), audit_(audit), on_(on) {}

  /// A question about what is kept, by the tenant and, where the path has one, an id.
  using AskAll = async::Task<Result<std::string>> (Notifications::*)(TenantHandle);
  using AskOne = async::Task<Result<std::string>> (Notifications::*)(TenantHandle, std::string);
  using Put = async::Task<Result<std::string>> (Notifications::*)(TenantHandle, std::string,
                                                                  std::string);

  async::Task<Result<Response>> List(Call& call, AskAll ask) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto items = co_await (notifications_.*ask)(*tenant);
    if (!items) co_return items.error();
    co_return Json("{\"items\":" + *items + ",\"next\":null}");
  }

  async::Task<Result<Response>> Get(Call& call, AskOne ask) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto found = co_await (notifications_.*ask)(*tenant, std::string(call.Parameter("id")));
    if (!found) co_return found.error();
    co_return Json(std::move(*found));
  }

  async::Task<Result<Response>> Write(Call& call, Put put, std::string action, int status) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    const std::string id(call.Parameter("id"));
    auto written = co_await (notifications_.*put)(*tenant, id, std::move(*body));
    Note(audit_, call, std::move(action), id, written);
    if (!written) co_return written.error();
    co_return Json(std::move(*written), status);
  }

  async::Task<Result<Response>> Remove(Call& call, AskOne remove, std::string action) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string id(call.Parameter("id"));
    auto removed = co_await (notifications_.*remove)(*tenant, id);
    Note(audit_, call, std::move(action), id, removed);
    if (!removed) co_return removed.error();
    co_return Json(std::move(*removed));
  }

  async::Task<Result<Response>> Validate(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto result = co_await notifications_.ValidateTemplate(
        *tenant, std::string(call.Parameter("id")), std::move(*body));
    if (!result) co_return result.error();
    co_return Json(std::move(*result));
  }

  async::Task<Result<Response>> Send(Call& call, bool test) {
    if (!on_) {
      co_return Fail(Errc::kFeatureDisabled, "Notifications are switched off.",
                     "Set notifications.enabled and advanced.notifications.enabled to true.");
    }
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    std::string key(call.head().Header("Idempotency-Key").value_or(""));
    auto sent = co_await notifications_.Send(*tenant, std::move(*body), std::move(key), test);
    if (!sent) co_return sent.error();
    co_return Json(std::move(sent->json), sent->dry_run ? 200 : 202);
  }

 private:
  Notifications& notifications_;
  AuditSink& audit_;
  const bool on_;
};

}  // namespace

void AddNotificationOperations(Operations& operations, Notifications& notifications,
                               AuditSink& audit, bool on) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Delivering>(notifications, audit, on);
  using N = Notifications;
  operations.Add("listTriggers", [shared](Call& c) { return shared->List(c, &N::ListTriggers); });
  operations.Add("getTrigger", [shared](Call& c) { return shared->Get(c, &N::GetTrigger); });
  operations.Add("createTrigger", [shared](Call& c) {
    return shared->Write(c, &N::PutTrigger, "trigger.create", 201);
  });
  operations.Add("putTrigger", [shared](Call& c) {
    return shared->Write(c, &N::PutTrigger, "trigger.put", 200);
  });
  operations.Add("deleteTrigger", [shared](Call& c) {
    return shared->Remove(c, &N::DeleteTrigger, "trigger.delete");
  });
  operations.Add("listTemplates", [shared](Call& c) { return shared->List(c, &N::ListTemplates); });
  operations.Add("getTemplate", [shared](Call& c) { return shared->Get(c, &N::GetTemplate); });
  operations.Add("createTemplate", [shared](Call& c) {
    return shared->Write(c, &N::PutTemplate, "template.create", 201);
  });
  operations.Add("putTemplate", [shared](Call& c) {
    return shared->Write(c, &N::PutTemplate, "template.put", 200);
  });
  operations.Add("deleteTemplate", [shared](Call& c) {
    return shared->Remove(c, &N::DeleteTemplate, "template.delete");
  });
  operations.Add("validateTemplate", [shared](Call& c) { return shared->Validate(c); });
  operations.Add("sendNotification", [shared](Call& c) { return shared->Send(c, false); });
  operations.Add("testNotification", [shared](Call& c) { return shared->Send(c, true); });
}

}  // namespace notify::agent::ingress::rest
