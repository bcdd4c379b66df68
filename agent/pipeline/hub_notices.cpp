#include "agent/pipeline/hub_notices.hpp"

#include <utility>
#include <vector>

#include "common/json_text.hpp"
#include "common/log.hpp"

namespace notify::agent::pipeline {

void HubNotices::TellSlow(const TenantHandle& tenant, SlowClient client) {
  runtime_.platform().Post([this, tenant, client = std::move(client)]() mutable {
    if (tasks_.stopping() || tasks_.running() >= kMostWaiting) return;
    tasks_.Spawn(Tell(tenant, std::move(client)));
  });
}

async::Task<void> HubNotices::Tell(TenantHandle tenant, SlowClient client) {
  OwnEvent event;
  event.type = "hub.slow";
  event.subject = client.connection_id;
  event.data_json = "{\"connectionId\":";
  AppendJsonString(event.data_json, client.connection_id);
  event.data_json += ",\"actor\":";
  AppendJsonString(event.data_json, client.actor);
  event.data_json += ",\"reason\":";
  AppendJsonString(event.data_json, client.reason);
  event.data_json += "}";
  std::vector<OwnEvent> events;
  events.push_back(std::move(event));
  auto told = co_await feedback_.Append(tenant, std::move(events));
  if (told) co_return;
  log::Warning("The event hub.slow of {TenantId} is not in its log: {Reason}",
               {{"TenantId", tenant.id()}, {"Reason", told.error().detail}});
}

}  // namespace notify::agent::pipeline
