#include "agent/ingress/gateway/event_emitter.hpp"

#include <charconv>
#include <utility>

#include "agent/async/signal.hpp"
#include "agent/auth/roles.hpp"
#include "common/log.hpp"

namespace notify::agent::ingress {

struct EventEmitter::Emission {
  EmitRequest request;
  const RouteConfig& route;
  ExtractedEvent event;
  bool finished = false;
  async::Signal done;
};

async::Task<void> EventEmitter::Emit(async::IoThread& io, async::TaskGroup& group,
                                     EmitRequest request, AnsweredRequest answered,
                                     Clock::Duration hold) {
  auto event = ExtractEvent(answered);
  if (!event) {
    NotStored(request, answered.route, event.error());
    co_return;
  }
  const auto emission =
      std::make_shared<Emission>(std::move(request), answered.route, std::move(*event));
  group.Spawn(async::WithContext(emission->request.context, Store(emission)));
  if (!emission->finished) co_await emission->done.WaitFor(io.timers(), hold);
  if (!emission->finished) {
    log::Warning("The event {Type} is not durable yet, its answer goes first",
                 {{"Type", answered.route.emit.type}, {"Route", answered.route.path}});
  }
}

async::Task<void> EventEmitter::Store(std::shared_ptr<Emission> emission) {
  EmitRequest& request = emission->request;
  std::string body = std::move(emission->event.envelope);
  body.reserve(body.size() + EventParser::Padding());
  EventParser::Request parse;
  parse.tenant = request.caller.tenant->id().text();
  parse.idempotency_key = emission->event.duplicate_key;
  auto events = intake_.parser(request.io).ParseOne(body, parse);
  if (!events) {
    NotStored(request, emission->route, events.error());
  } else {
    const auto acknowledged = co_await intake_.PublishReserved(
        request.io, request.caller, std::move(request.admission), std::move(*events));
    if (acknowledged) {
      Stored(*emission, *acknowledged);
    } else {
      NotStored(request, emission->route, acknowledged.error());
    }
  }
  emission->finished = true;
  emission->done.Notify();
}

void EventEmitter::Stored(const Emission& emission, const pipeline::Acknowledgement& acknowledged) {
  if (!emission.event.quote || acknowledged.accepted == 0) return;
  const QuoteSummary& quote = *emission.event.quote;
  const TenantId& tenant = emission.request.caller.tenant->id();
  double amount = 0;
  const char* const end = quote.amount.data() + quote.amount.size();
  const auto [rest, ec] = std::from_chars(quote.amount.data(), end, amount);
  const log::Value logged =
      ec == std::errc() && rest == end ? log::Value(amount) : log::Value(quote.amount);
  log::Info("FX quote created for tenant {TenantId}",
            {{"TenantId", tenant},
             {"QuoteId", quote.quote_id},
             {"FromCurrency", quote.from_currency},
             {"ToCurrency", quote.to_currency},
             {"Amount", logged},
             {"CorrelationId", emission.request.context.correlation_id}});
}

void EventEmitter::NotStored(const EmitRequest& request, const RouteConfig& route,
                             const Error& error) {
  const TenantHandle& tenant = *request.caller.tenant;
  const std::string_view code = Describe(error.code).name;
  log::Error("The event {Type} of tenant {TenantId} is not stored: {Detail}",
             {{"Type", route.emit.type},
              {"TenantId", tenant.id()},
              {"Detail", error.detail},
              {"Code", code},
              {"Route", route.path},
              {"CorrelationId", request.context.correlation_id}});
  metrics_.gateway_events_not_stored.For(route.path, error.code, tenant.id()).Add();
  AuditEntry entry;
  entry.actor = request.caller.principal.actor();
  entry.role = auth::ToString(request.caller.principal.roles());
  entry.tenant = tenant.id().text();
  entry.action = "gateway.emit";
  entry.target = route.emit.type + " of " + route.path;
  entry.result = "refused";
  entry.code = code;
  entry.address = request.address;
  entry.correlation_id = request.context.correlation_id;
  audit_.Record(tenant, std::move(entry));
}

}  // namespace notify::agent::ingress
