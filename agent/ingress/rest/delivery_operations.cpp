#include "agent/ingress/rest/delivery_operations.hpp"

#include <memory>
#include <utility>

#include "agent/auth/roles.hpp"
#include "agent/delivery/delivery_status.hpp"
#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/list_cursor.hpp"

namespace notify::agent::ingress::rest {
namespace {

using pipeline::DeliveryQuestions;
using pipeline::DeliveryView;

constexpr std::string_view kList = "deliveries";

Result<bool> RevealOf(const Call& call) {
  const std::string reveal = call.head().Query("reveal").value_or("false");
  if (reveal != "true" && reveal != "false") {
    return Fail(Errc::kInvalidArgument, "'reveal' must be true or false.");
  }
  return reveal == "true";
}

Result<delivery::DeliveryFilter> FilterOf(const Call& call) {
  delivery::DeliveryFilter filter;
  filter.notification = call.head().Query("notification").value_or("");
  filter.channel = delivery::ChannelFromName(call.head().Query("channel").value_or(""));
  if (const auto user = call.head().Query("user"); user && !user->empty()) {
    filter.recipient = "user:" + std::string(*user);
  }
  if (const auto event = call.head().Query("event"); event && !event->empty()) {
    const auto position = Position::Parse(*event);
    if (!position) {
      return Fail(Errc::kInvalidArgument, "'event' must be a position, as in 1700000000000-7.");
    }
    filter.event = *position;
  }
  if (const auto status = call.head().Query("status"); status && !status->empty()) {
    std::string name = delivery::ChannelName(*status);
    filter.state = delivery::StateFromName(name);
    if (!filter.state) {
      return Fail(Errc::kInvalidArgument, "'status' must be PENDING, SENT, DELIVERED or FAILED.");
    }
  }
  return filter;
}

class Deliveries {
 public:
  Deliveries(DeliveryQuestions& questions, AuditSink& audit)
      : questions_(questions), audit_(audit) {}

  async::Task<Result<Response>> Get(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string id(call.Parameter("id"));
    auto view = ViewOf(call, "delivery:" + id);
    if (!view) co_return view.error();
    auto found = co_await questions_.Get(*tenant, id, std::move(*view));
    if (!found) co_return found.error();
    co_return Json(std::move(*found));
  }

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    auto filter = FilterOf(call);
    if (!filter) co_return filter.error();
    auto place = CursorPlace(call, kList);
    if (!place) co_return place.error();
    auto view = ViewOf(call, "deliveries");
    if (!view) co_return view.error();
    std::string after = place->value_or("");
    auto listing =
        questions_.List(*tenant, std::move(*filter), std::move(after), *limit, std::move(*view));
    auto states = co_await listing;
    if (!states) co_return states.error();
    co_return ListResponse(states->items, NextCursor(call, kList, states->next));
  }

 private:
  /// What the caller sees; revealing is recorded.
  Result<DeliveryView> ViewOf(Call& call, std::string target) {
    const auto reveal = RevealOf(call);
    if (!reveal) return reveal.error();
    const Principal& who = call.caller.principal;
    if (!auth::Allows(who.roles(), auth::Permission::kReadEvents)) {
      // Its own address is no secret to it.
      return DeliveryView{.only_to = "user:" + who.user(), .reveal = true};
    }
    if (*reveal) Note(audit_, call, "delivery.reveal", std::move(target), Status());
    return DeliveryView{.only_to = {}, .reveal = *reveal};
  }

  DeliveryQuestions& questions_;
  AuditSink& audit_;
};

}  // namespace

void AddDeliveryOperations(Operations& operations, DeliveryQuestions& questions, AuditSink& audit) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Deliveries>(questions, audit);
  operations.Add("listDeliveries", [shared](Call& call) { return shared->List(call); });
  operations.Add("getDelivery", [shared](Call& call) { return shared->Get(call); });
}

}  // namespace notify::agent::ingress::rest
