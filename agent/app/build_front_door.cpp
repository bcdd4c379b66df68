#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/app/front_door.hpp"
#include "agent/app/version.hpp"
#include "agent/ingress/gateway/route_check.hpp"
#include "agent/ingress/http/client_address.hpp"
#include "agent/ingress/rest/access_operations.hpp"
#include "agent/ingress/rest/audit_operations.hpp"
#include "agent/ingress/rest/backup_operations.hpp"
#include "agent/ingress/rest/connection_operations.hpp"
#include "agent/ingress/rest/consumer_operations.hpp"
#include "agent/ingress/rest/dead_letter_operations.hpp"
#include "agent/ingress/rest/dev_page.hpp"
#include "agent/ingress/rest/event_operations.hpp"
#include "agent/ingress/rest/import_operation.hpp"
#include "agent/ingress/rest/inbox_operations.hpp"
#include "agent/ingress/rest/log_operations.hpp"
#include "agent/ingress/rest/metric_operations.hpp"
#include "agent/ingress/rest/notification_operations.hpp"
#include "agent/ingress/rest/openapi.hpp"
#include "agent/ingress/rest/presence_operations.hpp"
#include "agent/ingress/rest/processing_operations.hpp"
#include "agent/ingress/rest/projection_operations.hpp"
#include "agent/ingress/rest/publish_operations.hpp"
#include "agent/ingress/rest/replay_operation.hpp"
#include "agent/ingress/rest/schema_operations.hpp"
#include "agent/ingress/rest/stream_operations.hpp"
#include "agent/ingress/rest/tenant_operations.hpp"
#include "agent/ingress/rest/upcast_operations.hpp"
#include "agent/tenant/handle_issuer.hpp"

namespace notify::agent::app {
namespace {

namespace rest = ingress::rest;
using ingress::Exchange;
using pipeline::Caller;

constexpr std::string_view kHubPath = "/hubs/notifications";

ingress::HttpLimits LimitsOf(const AgentConfig& config) {
  ingress::HttpLimits limits;
  limits.max_body_bytes = config.http.max_body_bytes;
  limits.header_timeout = config.http.header_timeout;
  limits.idle_timeout = config.http.idle_timeout;
  limits.max_connections = config.http.max_connections;
  return limits;
}

std::string Seconds(double seconds) {
  return std::to_string(static_cast<std::uint64_t>(std::ceil(std::max(seconds, 0.0))));
}

/// One policy and what is left of it, in the words of draft-ietf-httpapi-ratelimit-headers.
void AddPolicy(std::string_view name, const std::optional<quota::Rate>& rate, std::uint32_t left,
               std::string& policies, std::string& state) {
  if (!rate) return;
  const double per_second = rate->per_second;
  const std::string quoted = "\"" + std::string(name) + "\"";
  policies += (policies.empty() ? "" : ", ") + quoted + ";q=" + std::to_string(rate->burst) +
              ";w=" + Seconds(rate->burst / per_second);
  state += (state.empty() ? "" : ", ") + quoted + ";r=" + std::to_string(left) +
           ";t=" + Seconds((rate->burst - left) / per_second);
}

rest::Dispatcher::RateHeaders RateHeadersOf(const quota::Gates& gates) {
  return [&gates](std::size_t io, const TenantId& tenant) {
    std::vector<std::pair<std::string, std::string>> headers;
    const auto of = gates.OfIo(io, tenant);
    std::string policies;
    std::string state;
    if (of) {
      AddPolicy("requests", of->rate.rate(), of->rate.Available(), policies, state);
      AddPolicy("events", of->quota.rate(), of->quota.Available(), policies, state);
    }
    if (!policies.empty()) {
      headers.emplace_back("RateLimit-Policy", std::move(policies));
      headers.emplace_back("RateLimit", std::move(state));
    }
    return headers;
  };
}

rest::Dispatcher::Options OptionsOf(const AgentConfig& config, const quota::Gates& gates) {
  rest::Dispatcher::Options options;
  options.rate_headers = RateHeadersOf(gates);
  options.allowed_origins = config.http.cors.allowed_origins;
  options.allow_localhost_origins = config.dev;
  options.request_logging = config.RequestLoggingOn();
  options.tenant_header = config.multi_tenancy.header;
  const std::string& pattern = config.multi_tenancy.path_pattern;
  options.tenant_path_prefix = pattern.substr(0, pattern.find('{'));
  return options;
}

std::string_view WithoutSlash(std::string_view path) {
  return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

/// A coroutine's parameters live in its frame; these have no captures for that reason.
async::Task<Status> Negotiate(ingress::signalr::Endpoint& endpoint, Exchange& exchange,
                              Caller caller) {
  co_await endpoint.Negotiate(exchange, std::move(caller));
  co_return Status();
}
async::Task<Status> ServeHub(ingress::signalr::Endpoint& endpoint, Exchange& exchange,
                             Caller caller) {
  co_await endpoint.Serve(exchange, std::move(caller));
  co_return Status();
}
async::Task<Status> HubOff() {
  co_return Fail(Errc::kFeatureDisabled, "The hub is switched off.",
                 "Set advanced.signalr.enabled to true.");
}

void AddHub(rest::Dispatcher& dispatcher, ingress::signalr::Endpoint& endpoint, bool on) {
  rest::SpecialRoute negotiate;
  negotiate.name = std::string(kHubPath) + "/negotiate";
  negotiate.access = on ? api::Access::kAuthenticated : api::Access::kPublic;
  negotiate.query_token = true;
  negotiate.matches = [name = negotiate.name](std::string_view, std::string_view path) {
    return WithoutSlash(path) == name;
  };
  negotiate.serve = [&endpoint, on](Exchange& exchange, Caller& caller) {
    return on ? Negotiate(endpoint, exchange, caller) : HubOff();
  };
  dispatcher.Add(std::move(negotiate));

  rest::SpecialRoute connect;
  connect.name = kHubPath;
  connect.access = on ? api::Access::kAuthenticated : api::Access::kPublic;
  connect.query_token = true;
  connect.matches = [](std::string_view, std::string_view path) {
    return WithoutSlash(path) == kHubPath;
  };
  connect.serve = [&endpoint, on](Exchange& exchange, Caller& caller) {
    return on ? ServeHub(endpoint, exchange, caller) : HubOff();
  };
  dispatcher.Add(std::move(connect));
}

void AddGateway(rest::Dispatcher& dispatcher, ingress::Gateway& gateway) {
  rest::SpecialRoute route;
  route.name = "gateway";
  route.access = api::Access::kPublisher;
  route.matches = [&gateway](std::string_view, std::string_view path) {
    return gateway.Matches(path);
  };
  route.serve = [&gateway](Exchange& exchange, Caller& caller) {
    return gateway.Serve(exchange, caller);
  };
  dispatcher.Add(std::move(route));
}

async::Task<Status> ServeDevPage(const ingress::DevPage& page, Exchange& exchange) {
  if (exchange.head().path == ingress::DevPage::kPath) {
    co_await exchange.Respond(page.Page());
    co_return Status();
  }
  auto script = page.Script();
  if (!script) co_return script.error();
  co_await exchange.Respond(std::move(*script));
  co_return Status();
}

void AddDevPage(rest::Dispatcher& dispatcher, const std::vector<std::string>& bundles) {
  // Shared by the requests for the page, as long as the server lives.
  auto page = std::make_shared<const ingress::DevPage>(bundles);
  rest::SpecialRoute route;
  route.name = "/dev";
  route.matches = [](std::string_view method, std::string_view path) {
    return method == "GET" &&
           (path == ingress::DevPage::kPath || path == ingress::DevPage::kScriptPath);
  };
  route.serve = [page](Exchange& exchange, Caller&) { return ServeDevPage(*page, exchange); };
  dispatcher.Add(std::move(route));
}

async::Task<Result<ingress::Response>> Stream(ingress::sse::EventStream& sse, HubPlaces& places,
                                              const std::vector<std::string>& trusted_proxies,
                                              rest::Call& call) {
  const Exchange& exchange = call.exchange;
  std::string address = ingress::ClientAddress(exchange.head(), exchange.peer(), trusted_proxies);
  const auto place = co_await places.Take(exchange.io_index(), call.caller, std::move(address));
  if (!place) co_return place.error();
  co_await sse.Serve(call.exchange, call.caller);
  co_return ingress::Response();
}

void AddOperations(rest::Dispatcher& dispatcher, FrontDoorParts& parts, FrontDoor& door,
                   async::Runtime& runtime) {
  const AgentConfig& config = parts.config;
  Storage& storage = parts.storage;
  Tenancy& tenancy = parts.tenancy;
  pipeline::Notifications& notifications = *parts.delivery.notifications;

  rest::AddAgentOperations(dispatcher, std::move(parts.controls), *storage.metrics,
                           ingress::OpenApiJson(kVersion));
  rest::AddBackupOperations(
      dispatcher,
      {runtime, *storage.log, *storage.audit, *tenancy.registry, tenancy.directory, config.data_dir,
       kVersion, storage.keyring->master_id(), StorageOptionsOf(config), [&tenancy, &storage] {
         return tenant::HandleIssuer::ForEach(*tenancy.directory.OfPlatform(), "agent.backup",
                                              *storage.audit);
       }});
  rest::AddTenantOperations(dispatcher,
                            {*tenancy.registry, tenancy.directory, *storage.log, *storage.audit});
  rest::AddAccessOperations(dispatcher, *tenancy.access, *storage.audit,
                            [&live = parts.live](TenantHandle tenant, std::string actor) {
                              return live.EndSessions(std::move(tenant), std::move(actor));
                            });
  rest::AddPublishOperations(dispatcher, *tenancy.intake, {config.http.max_body_bytes});
  rest::AddImportOperation(dispatcher, *tenancy.intake, *storage.audit,
                           {config.http.max_body_bytes});
  rest::AddEventOperations(
      dispatcher, {*storage.log, *tenancy.scheduling, *tenancy.upcasting,
                   [&notifications](TenantHandle tenant, Position event, std::string envelope) {
                     return notifications.Outcome(std::move(tenant), event, std::move(envelope));
                   },
                   runtime.clock()});
  rest::AddProcessingOperations(
      dispatcher,
      {*storage.log, *tenancy.scheduling, *parts.delivery.processing, *parts.delivery.projection,
       *storage.audit, runtime.clock(), config.AnalyticsOn()});
  rest::AddLogOperations(dispatcher, {*storage.log, *tenancy.registry, *storage.audit});
  rest::AddConsumerOperations(dispatcher, parts.live.consumers(), *storage.audit);
  rest::AddProjectionOperations(
      dispatcher, {*parts.delivery.projections, *parts.delivery.projection, config.AnalyticsOn(),
                   *storage.audit});
  rest::AddStreamOperations(dispatcher,
                            {*storage.log, *tenancy.upcasting, *storage.snapshots, *storage.audit});
  rest::AddDeadLetterOperations(dispatcher, *parts.delivery.dead_letters, *storage.audit);
  rest::AddReplayOperation(dispatcher, *parts.delivery.replays, tenancy.directory, *storage.audit,
                           runtime.clock());
  rest::AddNotificationOperations(dispatcher, notifications, *storage.audit,
                                  config.NotificationsOn());
  rest::AddInboxOperations(dispatcher, parts.live.inboxes(), *storage.audit,
                           config.NotificationsOn());
  rest::AddSchemaOperations(dispatcher, *tenancy.schemas, *tenancy.upcasting, *tenancy.intake,
                            *storage.audit);
  rest::AddUpcastOperations(dispatcher, *tenancy.upcasting, *storage.audit);
  rest::AddMetricOperations(dispatcher, *parts.delivery.projection, tenancy.directory,
                            runtime.clock(), config.AnalyticsOn());
  rest::AddAuditOperations(dispatcher, *storage.audit, tenancy.directory, runtime.clock());
  rest::AddConnectionOperations(dispatcher,
                                {parts.live.connections(), *storage.log, *storage.audit});
  rest::AddPresenceOperations(dispatcher, parts.live.presence());
  dispatcher.Add("streamEvents", [&sse = *door.sse, &places = *door.hub_places,
                                  &proxies = config.http.trusted_proxies](rest::Call& call) {
    return Stream(sse, places, proxies, call);
  });
}

}  // namespace

Result<std::unique_ptr<FrontDoor>> BuildFrontDoor(async::Runtime& runtime, FrontDoorParts parts) {
  const AgentConfig& config = parts.config;
  Storage& storage = parts.storage;
  pipeline::Intake& intake = *parts.tenancy.intake;
  if (auto checked = ingress::CheckRoutes(config.gateway.routes); !checked) return checked.error();

  auto door = std::make_unique<FrontDoor>();
  auto kept_answers = rest::KeptAnswers::Make({runtime, *storage.platform, *storage.databases,
                                               *storage.keyring, config.http.max_body_bytes});
  if (!kept_answers) return std::move(kept_answers.error());
  door->kept_answers = std::move(*kept_answers);
  auto options = OptionsOf(config, *parts.tenancy.gates);
  options.kept_answers = door->kept_answers.get();
  door->dispatcher =
      std::make_unique<rest::Dispatcher>(intake, *storage.audit, *storage.metrics, runtime.clock(),
                                         runtime.random(), std::move(options));
  ingress::GatewayOptions gateway_options;
  gateway_options.max_body_bytes = config.http.max_body_bytes;
  gateway_options.tenant_header = config.multi_tenancy.header;
  gateway_options.emit = config.TriggersOn();
  door->gateway = std::make_unique<ingress::Gateway>(
      runtime, intake, *storage.metrics, *storage.audit, config.gateway.routes, gateway_options);
  ingress::signalr::HubTimes times{config.hub.keep_alive,        config.hub.client_timeout,
                                   config.hub.handshake_timeout, config.hub.close_timeout,
                                   config.hub.send_timeout,      config.hub.disconnect_timeout,
                                   config.hub.poll_timeout};
  ingress::signalr::HubSizes sizes{config.hub.max_message_bytes, config.hub.queue_bytes,
                                   config.hub.stateful_bytes,
                                   static_cast<int>(config.hub.max_depth), config.hub.upload_items};
  ingress::signalr::Endpoint::Options hub_options;
  hub_options.times = times;
  hub_options.sizes = sizes;
  const auto serves = [&config](HubTransport transport) {
    return std::ranges::find(config.hub.transports, transport) != config.hub.transports.end();
  };
  hub_options.choice = {serves(HubTransport::kWebSockets), serves(HubTransport::kServerSentEvents),
                        serves(HubTransport::kLongPolling), config.hub.stateful_reconnect,
                        config.hub.compression};
  const auto& limits = config.hub.limits;
  door->hub_places = std::make_unique<HubPlaces>(
      runtime, *parts.tenancy.gates, *storage.metrics, *storage.audit,
      quota::HeadCounts::Limits{{limits.per_user.soft, limits.per_user.hard},
                                {limits.per_address.soft, limits.per_address.hard}});
  hub_options.take_place = [&places = *door->hub_places](std::size_t io, const Caller& caller,
                                                         std::string address) {
    return places.Take(io, caller, std::move(address));
  };
  hub_options.check_place = [&places = *door->hub_places](std::size_t io, const Caller& caller,
                                                          std::string address) {
    return places.Check(io, caller, std::move(address));
  };
  hub_options.trusted_proxies = config.http.trusted_proxies;
  hub_options.presence = &parts.live.presence();
  if (config.NotificationsOn()) hub_options.inboxes = &parts.live.inboxes();
  door->signalr = std::make_unique<ingress::signalr::Endpoint>(
      runtime, intake, parts.live.hub(), *storage.audit, *storage.metrics, std::move(hub_options));
  door->sse = std::make_unique<ingress::sse::EventStream>(
      runtime, parts.live.hub(), *storage.metrics,
      ingress::sse::EventStream::Options{sizes.queue_bytes, config.hub.send_timeout,
                                         std::chrono::seconds(15), config.http.trusted_proxies});

  AddHub(*door->dispatcher, *door->signalr, config.SignalrOn());
  AddGateway(*door->dispatcher, *door->gateway);
  if (config.dev) AddDevPage(*door->dispatcher, parts.signalr_bundles);
  AddOperations(*door->dispatcher, parts, *door, runtime);
  door->server =
      std::make_unique<ingress::HttpServer>(runtime, *door->dispatcher, LimitsOf(config));
  return door;
}

}  // namespace notify::agent::app
