#pragma once

#include <memory>

#include "agent/app/storage.hpp"
#include "agent/auth/issuers.hpp"
#include "agent/auth/mint.hpp"
#include "agent/pipeline/hub_notices.hpp"
#include "agent/pipeline/intake_stages.hpp"
#include "agent/pipeline/lifted_events.hpp"
#include "agent/pipeline/own_events.hpp"
#include "agent/pipeline/scheduling.hpp"
#include "agent/pipeline/storage_notices.hpp"
#include "agent/quota/gates.hpp"
#include "agent/schema/schemas.hpp"
#include "agent/tenant/access.hpp"
#include "agent/tenant/directory_publisher.hpp"
#include "agent/tenant/legal_holds.hpp"
#include "agent/tenant/platform_store.hpp"
#include "agent/tenant/registry.hpp"
#include "common/tenancy/resolver_config.hpp"

namespace notify::agent::app {

/// Who there is, who asks, what they may: from a request to the log.
///
/// Lifetime: as the agent; after Storage.
struct Tenancy {
  explicit Tenancy(async::Runtime& runtime) : directory(runtime) {}

  tenant::DirectoryPublisher directory;
  std::unique_ptr<tenant::PlatformStore> store;
  std::unique_ptr<quota::Gates> gates;
  std::unique_ptr<pipeline::OwnEvents> own_events;
  std::unique_ptr<pipeline::StorageNotices> storage_notices;
  std::unique_ptr<pipeline::HubNotices> hub_notices;
  std::unique_ptr<tenant::LegalHolds> legal_holds;
  std::unique_ptr<schema::Schemas> schemas;
  std::unique_ptr<schema::Upcasting> upcasting;
  std::unique_ptr<pipeline::LiftedEvents> lifted;
  std::unique_ptr<tenant::Registry> registry;
  std::unique_ptr<auth::Mint> mint;
  std::unique_ptr<tenant::Access> access;
  auth::Issuers issuers;
  ResolverConfig resolver;
  std::unique_ptr<pipeline::Scheduling> scheduling;
  std::unique_ptr<pipeline::IntakeStages> intake;
};

/// kInvalidConfig: an issuer's key or the resolver chain cannot be used.
Result<std::unique_ptr<Tenancy>> BuildTenancy(async::Runtime& runtime, const AgentConfig& config,
                                              std::uint32_t own_uid, Storage& storage);

}  // namespace notify::agent::app
