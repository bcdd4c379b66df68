#include "agent/ingress/signalr/invocation_gate.hpp"

#include <chrono>
#include <cstddef>
#include <utility>

#include "agent/hub/room.hpp"
#include "agent/ingress/signalr/hub_connection.hpp"
#include "common/units.hpp"

namespace notify::agent::ingress::signalr {
namespace {

constexpr std::string_view kAction = "hub.invoke";
constexpr auto kTellFloodAfter = std::chrono::seconds(1);
/// The target of what is refused whatever the method is.
constexpr std::string_view kCalls = "calls";
/// In a user's row the calls of each method come first, then all calls.
constexpr std::size_t kAllCalls = kHubMethods;

Error Refusal(Errc code, HubMethod method, std::string_view why) {
  return Fail(code, std::string(why) + " " + std::string(HubMethodName(method)) + ".");
}

}  // namespace

static_assert(kUserMeters == kAllCalls + 1);

Clock::TimePoint InvocationGate::Now() const {
  return connection_.lane().io.timers().clock().Now();
}

MethodPolicy InvocationGate::PolicyOf(HubMethod method) const {
  const MethodPolicy& own =
      connection_.services().rules.methods.at(static_cast<std::size_t>(method));
  const hub::ClientPtr& client = connection_.client();
  const TenantHandle& tenant = client ? client->room->tenant() : connection_.tenant();
  const MethodPolicies& policies = tenant.record().settings.methods;
  return policies.empty() ? own : Narrowed(own, agent::PolicyOf(policies, method));
}

Status InvocationGate::TakeCall(std::string_view method) {
  const PaceLimit& limit = connection_.services().rules.per_connection;
  const auto wait = calls_.TakeOne(limit, Now());
  if (wait <= Clock::Duration::zero()) return {};
  return TooMany(kCalls, method, "This connection makes more calls", limit, wait);
}

Status InvocationGate::Check(HubMethod method, std::optional<auth::Permission> permission) const {
  const RoleSet roles = connection_.principal().roles();
  if (permission && !auth::Allows(roles, *permission)) {
    return Refusal(Errc::kForbidden, method, "The role of this connection does not allow");
  }
  const MethodPolicy policy = PolicyOf(method);
  if (!policy.enabled) {
    return Refusal(Errc::kFeatureDisabled, method, "hub.methods switches off");
  }
  if (policy.roles && roles.And(*policy.roles).empty()) {
    return Refusal(Errc::kForbidden, method, "hub.methods takes from the role of this connection");
  }
  return {};
}

async::Task<Status> InvocationGate::Admit(HubMethod method,
                                          std::optional<auth::Permission> permission) {
  const std::string_view name = HubMethodName(method);
  const std::size_t index = static_cast<std::size_t>(method);
  if (auto allowed = Check(method, permission); !allowed) {
    connection_.AuditRefusal(std::string(kAction), std::string(name), allowed.error());
    connection_.CountInvocation(name, "refused");
    co_return allowed;
  }
  const MethodPolicy policy = PolicyOf(method);
  if (policy.per_connection.pace) {
    if (!methods_) methods_ = std::make_unique<quota::MeterRow>(kHubMethods);
    const auto wait = (*methods_)[index].TakeOne(policy.per_connection, Now());
    if (wait > Clock::Duration::zero()) {
      co_return TooMany(name, name, "This connection calls it more often", policy.per_connection,
                        wait);
    }
  }
  const PaceLimit& of_user = connection_.services().rules.per_user;
  if (of_user.pace || policy.per_user.pace) {
    std::shared_ptr<quota::MeterRow> user = user_.lock();
    if (!user) {
      user = co_await connection_.services().user_meters.Of(connection_.tenant().id(),
                                                            connection_.principal().actor());
      user_ = user;
    }
    auto wait = (*user)[kAllCalls].TakeOne(of_user, Now());
    if (wait > Clock::Duration::zero()) {
      co_return TooMany(kCalls, name, "This user makes more calls", of_user, wait);
    }
    wait = (*user)[index].TakeOne(policy.per_user, Now());
    if (wait > Clock::Duration::zero()) {
      co_return TooMany(name, name, "This user calls it more often", policy.per_user, wait);
    }
  }
  if (flood_ && Now() - flood_->told_at >= kTellFloodAfter) End();
  co_return Status();
}

Error InvocationGate::TooMany(std::string_view target, std::string_view method,
                              std::string_view whose, const PaceLimit& limit,
                              Clock::Duration wait) {
  const auto shown = std::chrono::ceil<std::chrono::milliseconds>(wait);
  Error error =
      Fail(Errc::kRateLimited, std::string(whose) + " than it may, " + limit.pace->ToString() +
                                   ": try again in " + FormatDuration(shown) + ".");
  error.retry_after = wait;
  connection_.CountInvocation(method, "limited");
  const bool first = flood_ == nullptr;
  if (first) flood_ = std::make_unique<Flood>();
  ++flood_->untold[target];
  if (first || Now() - flood_->told_at >= kTellFloodAfter) TellFlood();
  return error;
}

void InvocationGate::TellFlood() {
  const Error error = Fail(Errc::kRateLimited, std::string(Describe(Errc::kRateLimited).sentence));
  for (const auto& [target, times] : std::exchange(flood_->untold, {})) {
    connection_.AuditRefusal(std::string(kAction), std::string(target), error, times);
  }
  flood_->told_at = Now();
}

void InvocationGate::Ended(HubMethod method, const std::optional<Error>& error) {
  const std::string_view name = HubMethodName(method);
  connection_.CountInvocation(name, error ? "failed" : "done");
  // What a method forbids it has audited itself.
  if (!connection_.services().rules.audit_all || (error && error->code == Errc::kForbidden)) return;
  AuditEntry entry;
  entry.action = kAction;
  entry.target = name;
  entry.result = error ? "refused" : "granted";
  if (error) entry.code = Describe(error->code).name;
  entry.counted = true;
  connection_.Audit(std::move(entry));
}

void InvocationGate::End() {
  if (!flood_) return;
  TellFlood();
  flood_.reset();
}

}  // namespace notify::agent::ingress::signalr
