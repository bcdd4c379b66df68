#include "agent/ingress/rest/replay_operation.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"
#include "agent/replay/request.hpp"
#include "agent/tenant/handle_issuer.hpp"
#include "common/encoding.hpp"
#include "common/units.hpp"

namespace notify::agent::ingress::rest {
namespace {

using Stop = pipeline::ReplayRun::Stop;

constexpr std::uint64_t kMaxBody = 64 << 10;
constexpr std::size_t kLongestKey = 255;

Error NeedsPlatform() {
  return Fail(Errc::kForbidden, "A replay into the log of a tenant needs the role platform-admin.",
              "Use a key of the platform, or the agent's own socket.");
}

/// A member of a JSON answer, for the audit and the next cursor.
std::string TokenIn(const std::string& answer) {
  const auto parsed = nlohmann::json::parse(answer, nullptr, false);
  return parsed.is_object() ? parsed.value("token", std::string()) : std::string();
}

class Replaying {
 public:
  Replaying(pipeline::Replays& replays, const tenant::DirectoryPublisher& directory,
            AuditSink& audit, const Clock& clock)
      : replays_(replays), directory_(directory), audit_(audit), clock_(clock) {}

  async::Task<Result<Response>> Start(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto request = replay::ParseRequest(*body, clock_.WallNow());
    if (!request) co_return request.error();
    std::optional<TenantHandle> other;
    if (request->target.kind == replay::Target::Kind::kTenant) {
      auto found = OtherTenant(call, *TenantId::Parse(request->target.name));
      if (!found) {
        Note(audit_, call, "event.replay", "to " + TargetText(request->target), found);
        co_return found.error();
      }
      other = std::move(*found);
    }
    if (request->plan) {
      auto planned = co_await replays_.Plan(*tenant, std::move(*request));
      if (!planned) co_return planned.error();
      co_return Json(std::move(*planned));
    }
    const std::string target = TargetText(request->target);
    pipeline::Replays::Asked asked;
    asked.request = std::move(*request);
    asked.body = std::move(*body);
    asked.idempotency_key = call.head().Header("idempotency-key").value_or("");
    if (asked.idempotency_key.size() > kLongestKey) {
      co_return Fail(Errc::kInvalidArgument, "The Idempotency-Key is longer than 255 bytes.");
    }
    auto begun = co_await replays_.Start(*tenant, std::move(asked));
    const std::string token = begun ? TokenIn(*begun) : std::string();
    NoteBoth(call, other, "event.replay", "replay:" + token + " to " + target, begun);
    if (!begun) co_return begun.error();
    co_return Json(std::move(*begun), 202);
  }

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    std::string before = FromBase64Url(call.head().Query("cursor").value_or("")).value_or("");
    auto rows = co_await replays_.List(*tenant, std::move(before), *limit + 1);
    if (!rows) co_return rows.error();
    std::string next;
    if (rows->size() > *limit) {
      rows->pop_back();
      next = ToBase64Url(TokenIn(rows->back()));
    }
    co_return ListResponse(*rows, next);
  }

  async::Task<Result<Response>> Get(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    Clock::Duration wait{};
    if (const auto text = call.head().Query("wait")) {
      const auto parsed = ParseDuration(*text);
      if (!parsed) co_return parsed.error();
      wait = std::chrono::duration_cast<Clock::Duration>(*parsed);
    }
    auto found = co_await replays_.Get(*tenant, std::string(call.Parameter("token")), wait);
    if (!found) co_return found.error();
    co_return Json(std::move(*found));
  }

  async::Task<Result<Response>> Resume(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string token(call.Parameter("token"));
    auto other = co_await MayTouch(call, *tenant, token);
    if (!other) co_return other.error();
    const bool attended = call.head().Query("attended").value_or("") == "true";
    auto resumed = co_await replays_.Resume(*tenant, token, attended);
    NoteBoth(call, *other, "event.replay.resume", "replay:" + token, resumed);
    if (!resumed) co_return resumed.error();
    co_return Json(std::move(*resumed), 202);
  }

  async::Task<Result<Response>> End(Call& call, Stop how) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string token(call.Parameter("token"));
    auto ended = co_await replays_.End(*tenant, token, how);
    const bool cancels = how == Stop::kCancel;
    Note(audit_, call, cancels ? "event.replay.cancel" : "event.replay.interrupt",
         "replay:" + token, ended);
    if (!ended) co_return ended.error();
    co_return Json(std::move(*ended));
  }

 private:
  /// The tenant whose log is to be written. Whether it exists is looked at for platform-admin only.
  Result<TenantHandle> OtherTenant(Call& call, const TenantId& id) {
    const Principal& principal = call.caller.principal;
    if (!principal.Is(Role::kPlatformAdmin)) return NeedsPlatform();
    const auto directory = directory_.OfIo(call.exchange.io_index()).Get();
    return tenant::HandleIssuer::ForRequest(*directory, principal, id);
  }

  /// Who may not have begun a replay may not go on with it either.
  async::Task<Result<std::optional<TenantHandle>>> MayTouch(Call& call, TenantHandle tenant,
                                                            std::string token) {
    auto other = co_await replays_.OtherTenantOf(tenant, std::move(token));
    if (!other) co_return other.error();
    if (!*other) co_return std::optional<TenantHandle>();
    auto found = OtherTenant(call, **other);
    if (!found) {
      Note(audit_, call, "event.replay.resume", "tenant:" + (*other)->text(), found);
      co_return found.error();
    }
    co_return std::optional<TenantHandle>(std::move(*found));
  }

  /// Into the chain of the log that is read, and of the one that is written.
  template <typename T>
  void NoteBoth(Call& call, const std::optional<TenantHandle>& other, std::string action,
                std::string target, const Result<T>& outcome) {
    if (other && (!call.caller.tenant || other->id() != call.caller.tenant->id())) {
      AuditEntry entry = EntryFor(call, action, target);
      entry.tenant = other->id().text();
      entry.result = outcome ? "granted" : "refused";
      if (!outcome) entry.code = Describe(outcome.error().code).name;
      audit_.Record(*other, std::move(entry));
    }
    Note(audit_, call, std::move(action), std::move(target), outcome);
  }

  pipeline::Replays& replays_;
  const tenant::DirectoryPublisher& directory_;
  AuditSink& audit_;
  const Clock& clock_;
};

}  // namespace

void AddReplayOperation(Operations& operations, pipeline::Replays& replays,
                        const tenant::DirectoryPublisher& directory, AuditSink& audit,
                        const Clock& clock) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Replaying>(replays, directory, audit, clock);
  operations.Add("replayEvents", [shared](Call& call) { return shared->Start(call); });
  operations.Add("listReplays", [shared](Call& call) { return shared->List(call); });
  operations.Add("getReplay", [shared](Call& call) { return shared->Get(call); });
  operations.Add("resumeReplay", [shared](Call& call) { return shared->Resume(call); });
  operations.Add("interruptReplay",
                 [shared](Call& call) { return shared->End(call, Stop::kInterrupt); });
  operations.Add("cancelReplay", [shared](Call& call) { return shared->End(call, Stop::kCancel); });
}

}  // namespace notify::agent::ingress::rest
