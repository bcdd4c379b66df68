#pragma once

#include <memory>
#include <string>

#include "agent/app/live_side.hpp"
#include "agent/channel/registry.hpp"
#include "agent/channel/webhook/http_client.hpp"
#include "agent/pipeline/copy_intake.hpp"
#include "agent/pipeline/dead_letters.hpp"
#include "agent/pipeline/delivery_loop.hpp"
#include "agent/pipeline/delivery_questions.hpp"
#include "agent/pipeline/event_processing.hpp"
#include "agent/pipeline/notifications.hpp"
#include "agent/pipeline/replays.hpp"
#include "agent/projection/metrics_projection.hpp"
#include "agent/projection/projections.hpp"
#include "agent/render/renderer.hpp"

namespace notify::agent::app {

/// From the log to recipients, and what is counted on the way.
///
/// Lifetime: as the agent; after LiveSide.
struct DeliverySide {
  std::unique_ptr<channel::HttpClient> http;
  channel::Registry channels;
  std::unique_ptr<render::Renderer> renderer;
  std::unique_ptr<pipeline::DeliveryLoop> loop;
  std::unique_ptr<pipeline::Notifications> notifications;
  std::unique_ptr<pipeline::DeliveryQuestions> questions;
  std::unique_ptr<pipeline::EventProcessing> processing;
  std::unique_ptr<projection::MetricsProjection> projection;
  std::unique_ptr<projection::Projections> projections;
  std::unique_ptr<pipeline::DeadLetters> dead_letters;
  std::unique_ptr<pipeline::CopyIntake> copies;
  std::unique_ptr<pipeline::Replays> replays;
};

/// kInvalidTemplate: a shipped template cannot be read.
Result<std::unique_ptr<DeliverySide>> BuildDelivery(async::Runtime& runtime,
                                                    const AgentConfig& config,
                                                    const std::string& templates_dir,
                                                    Storage& storage, Tenancy& tenancy,
                                                    LiveSide& live);

/// Adds what sends events of the log again; after the rest of the side.
void BuildReplays(async::Runtime& runtime, const AgentConfig& config, Storage& storage,
                  Tenancy& tenancy, LiveSide& live, DeliverySide& side);

}  // namespace notify::agent::app
