#include <utility>

#include "agent/app/delivery_side.hpp"
#include "agent/channel/in_app/in_app_provider.hpp"
#include "agent/channel/log/log_provider.hpp"
#include "agent/channel/webhook/curl_http_client.hpp"
#include "agent/channel/webhook/webhook_provider.hpp"

namespace notify::agent::app {
namespace {

pipeline::DeliveryOptions OptionsOf(const AgentConfig& config) {
  pipeline::DeliveryOptions options;
  options.rules_on = config.TriggersOn();
  options.notifications_on = config.NotificationsOn();
  options.install_examples = config.FxQuoteCreatedOn();
  options.allow_private_networks = config.channels.webhook.allow_private_networks || config.dev;
  options.retry.attempts = static_cast<int>(config.channels.webhook.attempts);
  return options;
}

}  // namespace

Result<std::unique_ptr<DeliverySide>> BuildDelivery(async::Runtime& runtime,
                                                    const AgentConfig& config,
                                                    const std::string& templates_dir,
                                                    Storage& storage, Tenancy& tenancy,
                                                    LiveSide& live) {
  auto side = std::make_unique<DeliverySide>();
  const pipeline::DeliveryOptions options = OptionsOf(config);
  auto base = render::LoadBaseTemplates(runtime.files(), templates_dir);
  if (!base) return base.error();
  side->renderer =
      std::make_unique<render::Renderer>(std::move(*base), *storage.metrics, runtime.clock());

  side->http =
      std::make_unique<channel::CurlHttpClient>(runtime.outbound(), options.allow_private_networks);
  side->channels.Add(std::make_unique<channel::InAppProvider>(live.hub()));
  side->channels.Add(std::make_unique<channel::LogProvider>());
  side->channels.Add(std::make_unique<channel::WebhookProvider>(
      *side->http, runtime.clock(),
      channel::WebhookOptions{config.channels.webhook.timeout, options.allow_private_networks}));

  const pipeline::DeliveryParts parts{
      runtime,        *tenancy.lifted, *tenancy.own_events, *storage.databases, *tenancy.store,
      side->channels, *side->renderer, *storage.metrics,    &live.hub()};
  side->loop = std::make_unique<pipeline::DeliveryLoop>(parts, options);
  side->notifications = std::make_unique<pipeline::Notifications>(parts, options, *side->loop);
  side->processing = std::make_unique<pipeline::EventProcessing>(parts, *side->loop);
  side->projection = std::make_unique<projection::MetricsProjection>(
      runtime, *storage.log, *storage.databases, projection::MetricsProjection::Options{});
  side->projections = std::make_unique<projection::Projections>(
      projection::ProjectionParts{runtime, *tenancy.lifted, *storage.databases,
                                  *tenancy.own_events},
      projection::Projections::Options{});
  side->dead_letters =
      std::make_unique<pipeline::DeadLetters>(parts, *side->loop, live.consumers());
  storage.log->AddHold(live.consumers());
  storage.log->AddHold(live.inboxes());
  storage.log->AddHold(*side->loop);
  if (config.AnalyticsOn()) storage.log->AddHold(*side->projection);
  storage.log->AddHold(*side->projections);
  storage.log->AddConsumer(*side->loop);
  storage.log->AddConsumer(live.consumers());
  storage.log->AddConsumer(live.inboxes());
  storage.log->AddConsumer(*side->projections);
  if (config.AnalyticsOn()) storage.log->AddConsumer(*side->projection);
  BuildReplays(runtime, config, storage, tenancy, live, *side);
  return side;
}

}  // namespace notify::agent::app
