#include "agent/pipeline/intake.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/auth/roles.hpp"
#include "agent/eventlog/blocks/block_sealer.hpp"
#include "agent/pipeline/intake_stages.hpp"
#include "agent/pipeline/version_conflict.hpp"
#include "agent/quota/fair_turns.hpp"
#include "agent/schema/event_check.hpp"
#include "agent/tenant/handle_issuer.hpp"
#include "common/address_block.hpp"
#include "common/tenancy/resolve.hpp"

namespace notify::agent::pipeline {
namespace {

constexpr std::size_t kWorthEffort = 16 << 10;

/// Whether roles are enough for a route; the handler refines it (contract 5).
bool MayEnter(RoleSet roles, api::Access needed) {
  using auth::Allows;
  using auth::Permission;
  switch (needed) {
    case api::Access::kPublic:
    case api::Access::kAuthenticated:
      return true;
    case api::Access::kSubscriber:
      return Allows(roles, Permission::kSubscribe);
    case api::Access::kViewer:
      return Allows(roles, Permission::kReadEvents);
    case api::Access::kPublisher:
      return Allows(roles, Permission::kPublish);
    case api::Access::kTenantAdmin:
      return Allows(roles, Permission::kWriteSettings);
    case api::Access::kPlatformAdmin:
      return Allows(roles, Permission::kManageTenants);
  }
  return false;
}

Error RoleTooLow(const Principal& principal, api::Access needed) {
  return Fail(Errc::kForbidden,
              "This needs the role " + std::string(api::AccessName(needed)) +
                  "; the credential has " + auth::ToString(principal.roles()) + ".",
              "notifyctl key create --role " + std::string(api::AccessName(needed)) +
                  " makes a key that may.");
}

}  // namespace

/// What an I/O thread has of its own.
struct IntakeStages::Lane {
  Lane(const Parts& parts, std::size_t io)
      : authenticator(parts.issuers, parts.runtime.clock(), parts.own_uid),
        parser(parts.runtime.clock(), parts.runtime.random(), parts.limits),
        turns(parts.runtime.io(io).executor()),
        sealer(parts.runtime.random()) {}

  auth::Authenticator authenticator;
  EventParser parser;
  quota::FairTurns turns;
  eventlog::BlockSealer sealer;
};

IntakeStages::IntakeStages(Parts parts) : parts_(std::move(parts)) {
  for (std::size_t i = 0; i < parts_.runtime.io_threads(); ++i) {
    lanes_.push_back(std::make_unique<Lane>(parts_, i));
  }
}
IntakeStages::~IntakeStages() = default;

EventParser& IntakeStages::parser(std::size_t io) { return lanes_[io]->parser; }

async::Task<Result<Caller>> IntakeStages::Admit(std::size_t io, IncomingRequest request,
                                                api::Access needed) {
  AuditEntry entry;
  entry.action = request.operation;
  entry.target = request.path;
  entry.address = request.peer->address;
  entry.correlation_id = request.correlation_id;
  std::optional<TenantHandle> proven;
  auto caller = Decide(io, request, needed, entry, proven);
  if (request.proven != nullptr) *request.proven = proven;
  if (!caller) {
    entry.result = "refused";
    entry.code = Describe(caller.error().code).name;
    if (proven) {
      parts_.audit.Record(*proven, std::move(entry));
    } else {
      parts_.audit.RecordPlatform(std::move(entry));
    }
    co_await SlowDown(io, request, caller.error());
  }
  co_return caller;
}

async::Task<void> IntakeStages::SlowDown(std::size_t io, const IncomingRequest& request,
                                         const Error& failure) {
  auth::Credentials credentials;
  credentials.authorization = request.authorization;
  if (request.access_token) credentials.access_token = *request.access_token;
  credentials.peer = request.peer;
  const Clock::Duration delay = lanes_[io]->authenticator.DelayOf(credentials, failure);
  if (delay > Clock::Duration::zero()) co_await parts_.runtime.io(io).timers().Sleep(delay);
}

Result<Caller> IntakeStages::Decide(std::size_t io, const IncomingRequest& request,
                                    api::Access needed, AuditEntry& entry,
                                    std::optional<TenantHandle>& proven) {
  // The thread's own snapshot of tenants and keys: one state of the world for the whole decision.
  const std::shared_ptr<const Directory> directory = parts_.directory.OfIo(io).Get();

  // 1. Who: before anything is looked up for them, so that strangers learn nothing.
  const bool anonymous = needed == api::Access::kPublic && !request.authorization &&
                         !request.access_token && !request.peer->local_uid;
  auth::Credentials credentials;
  if (!anonymous) {
    credentials.authorization = request.authorization;
    if (request.access_token) credentials.access_token = *request.access_token;
    credentials.peer = request.peer;
  }
  auto principal = anonymous ? lanes_[io]->authenticator.Anonymous()
                             : lanes_[io]->authenticator.Authenticate(credentials, *directory);
  if (!principal && needed == api::Access::kPublic) {
    principal = lanes_[io]->authenticator.Anonymous();
  }
  if (!principal) return principal.error();
  entry.actor = principal->actor();
  entry.role = auth::ToString(principal->roles());
  if (needed == api::Access::kPublic)
    return Caller{std::move(*principal), {}, std::string(request.path)};

  // 2. For which tenant: the credential's word against the request's.
  std::string path;
  if (principal->tenant()) {
    if (auto own = tenant::HandleIssuer::ForRequest(*directory, *principal, *principal->tenant())) {
      proven = *own;
      entry.tenant = own->id().text();
    }
  }
  auto resolved = ResolveFor(*directory, *principal, request, path);
  if (!resolved) return resolved.error();
  if (*resolved) {
    proven = **resolved;
    entry.tenant = proven->id().text();
  }

  // 3. May they: by the route, after the tenant, so that the refusal is in the right chain.
  if (!MayEnter(principal->roles(), needed)) return RoleTooLow(*principal, needed);

  // 4. Now: the tenant's request rate, before the body is read.
  Caller caller{std::move(*principal), *resolved, std::move(path)};
  if (caller.tenant) {
    if (const auto gates = parts_.gates.OfIo(io, caller.tenant->id())) {
      if (auto admitted = gates->rate.TryRequest(); !admitted) return admitted.error();
    }
  }
  return caller;
}

Result<std::optional<TenantHandle>> IntakeStages::ResolveFor(const Directory& directory,
                                                             const Principal& principal,
                                                             const IncomingRequest& request,
                                                             std::string& path) {
  if (parts_.only_tenant) {
    path = request.path;
    auto handle = tenant::HandleIssuer::ForRequest(directory, principal, *parts_.only_tenant);
    if (!handle) return handle.error();
    return std::optional(std::move(*handle));
  }
  const bool trusted = IsInAddressBlocks(request.peer->address, parts_.trusted_proxies);
  RequestParts parts;
  const TenantId* own = principal.tenant() ? &*principal.tenant() : nullptr;
  (principal.user().empty() ? parts.credential_tenant : parts.claim_tenant) = own;
  parts.platform_admin = principal.Is(Role::kPlatformAdmin);
  parts.header_values = request.tenant_headers;
  parts.x_tenant_values = request.x_tenant_headers;
  parts.host = trusted && !request.forwarded_host.empty() ? request.forwarded_host : request.host;
  parts.path = request.path;
  parts.hosts = &directory;
  const auto resolution = ResolveTenant(parts_.resolver, parts);
  if (!resolution) return resolution.error();
  path = resolution->path;
  if (!resolution->tenant) return std::optional<TenantHandle>();
  auto handle = tenant::HandleIssuer::ForRequest(directory, principal, *resolution->tenant);
  if (!handle) return handle.error();
  return std::optional(std::move(*handle));
}

Result<std::shared_ptr<quota::TenantGates>> IntakeStages::GatesOf(std::size_t io,
                                                                  const Caller& caller) const {
  if (!caller.tenant) return Fail(Errc::kTenantRequired, "The request names no tenant.");
  auto gates = parts_.gates.OfIo(io, caller.tenant->id());
  if (!gates) return Fail(Errc::kTenantNotFound, "The tenant was just deleted.");
  return gates;
}

async::Task<Result<IncomingBatch>> IntakeStages::ReadBatch(std::size_t io, const Caller& caller,
                                                           BatchReading::Format format,
                                                           std::string& body,
                                                           const EventParser::Request& request) {
  using Place = quota::FairTurns::Place;
  const auto gates = GatesOf(io, caller);
  if (!gates) co_return gates.error();
  const TenantId& tenant = caller.tenant->id();
  Lane& lane = *lanes_[io];
  IncomingBatch batch;
  BatchReading reading(lane.parser, format, body, request);
  if ((*gates)->quota.rate()) {
    auto count = reading.Count();
    if (!count) co_return count.error();
    auto admission = (*gates)->quota.TryAdmit(static_cast<std::uint32_t>(*count));
    if (!admission) co_return admission.error();
    batch.admission.emplace(std::move(*admission));
  }
  co_await lane.turns.Next(tenant, body.size(), Place::kBehind);
  auto more = reading.ReadOn(quota::FairTurns::kQuantum);
  while (more && *more) {
    co_await lane.turns.Next(tenant, quota::FairTurns::kQuantum, Place::kFirst);
    more = reading.ReadOn(quota::FairTurns::kQuantum);
  }
  if (!more) co_return more.error();
  batch.events = reading.TakeEvents();
  co_return batch;
}

async::Task<Result<Acknowledgement>> IntakeStages::Publish(std::size_t io, const Caller& caller,
                                                           ParsedEvents events) {
  IncomingBatch batch{.events = std::move(events), .admission = std::nullopt};
  co_return co_await PublishBatch(io, caller, std::move(batch));
}

async::Task<Result<Acknowledgement>> IntakeStages::PublishBatch(std::size_t io,
                                                                const Caller& caller,
                                                                IncomingBatch batch) {
  const auto gates = GatesOf(io, caller);
  if (!gates) co_return gates.error();
  ParsedEvents& events = batch.events;
  // 5. By the schema of its type: what is refused here is not the quota's business.
  auto misfits = co_await Fit(io, *caller.tenant, events);
  if (!misfits) co_return misfits.error();
  Acknowledgement none;
  if (events.size() == 0) {
    none.refused = std::move(*misfits);
    co_return none;
  }
  // 6. How much: the whole batch or nothing, before it costs compression and encryption.
  // What is for later pays now: its caller may be gone when its time comes.
  const auto count = static_cast<std::uint32_t>(events.size());
  auto admission = batch.admission && batch.admission->events() >= count
                       ? Result<Admission>(batch.admission->Split(count))
                       : (*gates)->quota.TryAdmit(count);
  if (!admission) co_return admission.error();
  batch.admission.reset();  // The bad ones are given back.
  auto stored = co_await Store(io, *caller.tenant, std::move(*admission), std::move(events));
  if (stored) {
    std::ranges::move(*misfits, std::back_inserter(stored->refused));
    std::ranges::sort(stored->refused, {}, &Acknowledgement::Refused::index);
  }
  co_return stored;
}

async::Task<Result<IntakeStages::RefusedEvents>> IntakeStages::Fit(std::size_t io,
                                                                   TenantHandle tenant,
                                                                   ParsedEvents& events) {
  RefusedEvents refused;
  // Most tenants have none, and their events wait for nobody here.
  if (!parts_.schemas.HasAny(io, tenant)) co_return refused;
  auto schemas = co_await parts_.schemas.Of(io, tenant);
  if (!schemas) co_return schemas.error();
  if (*schemas == nullptr) co_return refused;
  auto misfits = co_await schema::TakeMisfits(parts_.runtime.io(io).executor(), *schemas, events);
  for (schema::Misfit& misfit : misfits) refused.push_back({misfit.index, std::move(misfit.error)});
  co_return refused;
}

async::Task<Result<Admission>> IntakeStages::Reserve(std::size_t io, const Caller& caller) {
  const auto gates = GatesOf(io, caller);
  if (!gates) co_return gates.error();
  co_return (*gates)->quota.TryAdmit(1);
}

async::Task<Result<Acknowledgement>> IntakeStages::PublishReserved(std::size_t io,
                                                                   const Caller& caller,
                                                                   Admission admission,
                                                                   ParsedEvents events) {
  auto misfits = co_await Fit(io, *caller.tenant, events);
  if (!misfits) co_return misfits.error();
  if (!misfits->empty()) co_return std::move(misfits->front().error);
  auto stored = co_await Store(io, *caller.tenant, std::move(admission), std::move(events));
  if (stored && !stored->refused.empty()) co_return std::move(stored->refused.front().error);
  co_return stored;
}

async::Task<Result<Acknowledgement>> IntakeStages::Store(std::size_t io, TenantHandle tenant,
                                                         Admission admission, ParsedEvents events) {
  Acknowledgement ack;
  if (events.batch.size() > 0) {
    EventView first;
    if (ReadRecord(events.batch.Record(0), first)) ack.first_id = first.id;
  }
  ::notify::HeldEvents held = std::move(events.held);
  Admission later = admission.Split(static_cast<std::uint32_t>(held.batch.size()));
  Lane& lane = *lanes_[io];
  const std::size_t bytes = events.batch.records.size();
  if (bytes > quota::FairTurns::kQuantum) {
    co_await lane.turns.Next(tenant.id(), bytes, quota::FairTurns::Place::kFirst);
  }
  // 7. Sealed here, on the thread that received it: the storage thread only numbers and syncs. What
  // is small is merged, and made smaller, later.
  using Effort = eventlog::BlockSealer::Effort;
  const bool has_time = bytes >= kWorthEffort && !lane.turns.busy();
  eventlog::SealedBatch sealed =
      lane.sealer.Seal(tenant, std::move(events.batch), events.has_caller_id, events.expected,
                       has_time ? Effort::kSmall : Effort::kFast);
  // 8. Durable, and only then acknowledged.
  auto stored = co_await parts_.log.Append(tenant, std::move(admission), std::move(sealed));
  if (!stored) co_return stored.error();
  parts_.metrics.events_in.For(tenant.id()).Add(stored->accepted);
  ack.epoch = stored->epoch;
  ack.first = stored->first;
  ack.accepted = stored->accepted;
  ack.stream_version = stored->stream_version;
  for (eventlog::DuplicateOf& duplicate : stored->duplicates) {
    ack.duplicates.push_back({events.indices[duplicate.index], std::move(duplicate.id),
                              duplicate.sequence, duplicate.stream_version});
  }
  for (const eventlog::StreamConflict& conflict : stored->conflicts) {
    ack.refused.push_back({events.indices[conflict.index], VersionConflict(conflict)});
  }
  // 9. What is for later, after the log: what it refuses is refused alone.
  if (held.batch.size() > 0) {
    co_await parts_.scheduling.Hold(std::move(tenant), std::move(later), std::move(held), ack);
  }
  co_return ack;
}

}  // namespace notify::agent::pipeline
