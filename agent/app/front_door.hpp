#pragma once

#include <memory>

#include "agent/app/delivery_side.hpp"
#include "agent/app/hub_places.hpp"
#include "agent/ingress/gateway/gateway.hpp"
#include "agent/ingress/http/http_server.hpp"
#include "agent/ingress/rest/agent_operations.hpp"
#include "agent/ingress/rest/dispatcher.hpp"
#include "agent/ingress/rest/kept_answers.hpp"
#include "agent/ingress/signalr/endpoint.hpp"
#include "agent/ingress/sse/event_stream.hpp"

namespace notify::agent::app {

/// Where requests come in.
///
/// Lifetime: as the agent; after everything else.
struct FrontDoor {
  std::unique_ptr<HubPlaces> hub_places;
  std::unique_ptr<ingress::rest::KeptAnswers> kept_answers;
  std::unique_ptr<ingress::rest::Dispatcher> dispatcher;
  std::unique_ptr<ingress::Gateway> gateway;
  std::unique_ptr<ingress::signalr::Endpoint> signalr;
  std::unique_ptr<ingress::sse::EventStream> sse;
  std::unique_ptr<ingress::HttpServer> server;
};

/// What the front door is built from, beside the runtime.
struct FrontDoorParts {
  const AgentConfig& config;
  Storage& storage;
  Tenancy& tenancy;
  LiveSide& live;
  DeliverySide& delivery;
  ingress::rest::AgentControls controls;
  std::vector<std::string> signalr_bundles;
};

/// kInvalidConfig: a gateway route collides with one of ours.
Result<std::unique_ptr<FrontDoor>> BuildFrontDoor(async::Runtime& runtime, FrontDoorParts parts);

}  // namespace notify::agent::app
