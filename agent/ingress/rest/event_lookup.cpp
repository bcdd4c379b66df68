#include "agent/ingress/rest/event_lookup.hpp"

#include <utility>

#include "common/model/event_json.hpp"

namespace notify::agent::ingress::rest {
namespace {

using schedule::State;

Error NoSuchEvent(std::string_view id) {
  return Fail(Errc::kNotFound,
              "There is no event with the id '" + std::string(id.substr(0, 128)) + "'.",
              "notifyctl event list shows the newest.");
}

NamedEvent FromSchedule(const TenantHandle& tenant, schedule::ScheduledEvent scheduled) {
  NamedEvent named;
  EventView event;
  ReadRecord(scheduled.record, event);
  AppendEnvelope(named.envelope, event, {.tenant = tenant.id().text()});
  // Upper case letters: no attribute can have this name.
  named.envelope.back() = ',';
  named.envelope += "\"scheduledStatus\":\"" + std::string(StateName(scheduled.state)) + "\"}";
  named.scheduled = std::move(scheduled);
  return named;
}

NamedEvent FromLog(const TenantHandle& tenant, BatchPtr batch, std::size_t index) {
  NamedEvent named;
  EventView event;
  ReadRecord(batch->events.Record(index), event);
  named.position = {batch->epoch, Sequence{batch->first.value + index}};
  AppendEnvelope(named.envelope, event,
                 {.tenant = tenant.id().text(),
                  .position = named.position,
                  .recorded_ms = batch->RecordedMs(index)});
  named.batch = std::move(batch);
  named.index = index;
  return named;
}

}  // namespace

async::Task<Result<NamedEvent>> EventLookup::Find(Call& call, TenantHandle tenant) {
  const std::string id(call.Parameter("id"));
  const std::string source(call.head().Query("source").value_or(""));
  auto scheduled = co_await scheduling_.Find(tenant, id, source);
  if (!scheduled) co_return scheduled.error();
  const bool waits = *scheduled && ((*scheduled)->state == State::kPending ||
                                    (*scheduled)->state == State::kProcessing);
  if (waits) co_return FromSchedule(tenant, std::move(**scheduled));
  auto found = co_await log_.Find(tenant, id, source);
  if (!found) co_return found.error();
  if (*found) co_return FromLog(tenant, (*found)->batch, (*found)->index);
  if (*scheduled) co_return FromSchedule(tenant, std::move(**scheduled));
  co_return NoSuchEvent(id);
}

}  // namespace notify::agent::ingress::rest
