#include "agent/ingress/rest/backup_operations.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/ingress/rest/audit_note.hpp"
#include "common/json_text.hpp"
#include "common/log.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

/// The answer that a backup is written to.
class Answer final : public pipeline::ByteSink {
 public:
  explicit Answer(Exchange& exchange) : exchange_(exchange) {}
  async::Task<Status> Write(std::string bytes) override {
    co_return co_await exchange_.WriteAnswer(bytes);
  }

 private:
  Exchange& exchange_;
};

/// The request that a backup is read from.
class Body final : public pipeline::ByteSource {
 public:
  explicit Body(Exchange& exchange) : exchange_(exchange) {}
  async::Task<Result<std::string>> Read() override { co_return co_await exchange_.ReadPiece(); }

 private:
  Exchange& exchange_;
};

Result<std::set<TenantId>> OnlyOf(const Call& call) {
  std::set<TenantId> only;
  const std::string list = call.head().Query("only").value_or("");
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    auto tenant = TenantId::Parse(list.substr(begin, end - begin));
    if (!tenant) return tenant.error();
    only.insert(std::move(*tenant));
    begin = end + 1;
  }
  return only;
}

std::string RestoreJson(const pipeline::RestoreRun::Outcome& outcome) {
  std::string out = "{\"createdAt\":";
  AppendJsonString(out, outcome.created_at);
  out += ",\"restored\":[";
  for (const TenantId& tenant : outcome.restored) {
    if (out.back() != '[') out += ',';
    AppendJsonString(out, tenant.text());
  }
  out += "],\"leftOut\":[";
  for (const auto& [tenant, why] : outcome.left_out) {
    if (out.back() != '[') out += ',';
    out += "{\"tenant\":";
    AppendJsonString(out, tenant.text());
    out += ",\"code\":";
    AppendJsonString(out, Describe(why.code).name);
    out += ",\"detail\":";
    AppendJsonString(out, why.detail);
    out += '}';
  }
  return out + "]}";
}

class Backups {
 public:
  explicit Backups(BackupParts parts) : parts_(std::move(parts)) {}

  async::Task<Result<Response>> Make(Call& call) {
    if (under_way_.exchange(true)) co_return Busy();
    auto making = Send(call);
    const Status sent = co_await std::move(making);
    under_way_.store(false);
    Note(parts_.audit, call, "agent.backup", "agent", sent);
    if (!sent) {
      log::Error("A backup was cut off: {Reason}", {{"Reason", sent.error().detail}});
      co_return sent.error();
    }
    co_return Response();
  }

  async::Task<Result<Response>> Restore(Call& call) {
    const auto only = OnlyOf(call);
    if (!only) co_return only.error();
    if (under_way_.exchange(true)) co_return Busy();
    pipeline::RestoreRun run({parts_.runtime, parts_.registry, parts_.directory, parts_.data_dir,
                              parts_.master_key_id, parts_.storage});
    Body body(call.exchange);
    auto running = run.Run(*only, body);
    const auto outcome = co_await std::move(running);
    under_way_.store(false);
    if (!outcome) {
      Note(parts_.audit, call, "agent.restore", "agent", outcome);
      co_return outcome.error();
    }
    for (const TenantId& tenant : outcome->restored) {
      Note(parts_.audit, call, "agent.restore", "tenant:" + tenant.text(), Status());
    }
    for (const auto& [tenant, why] : outcome->left_out) {
      Note(parts_.audit, call, "agent.restore", "tenant:" + tenant.text(), Status(why));
    }
    co_return Json(RestoreJson(*outcome));
  }

 private:
  static Error Busy() {
    return Fail(Errc::kConflict, "A backup is being made, or restored.",
                "Wait until it has ended.");
  }

  async::Task<Status> Send(Call& call) {
    async::CallOn asking(parts_.runtime.platform(), parts_.tenants);
    const std::vector<TenantHandle> tenants = co_await asking;
    const std::int64_t now_ms =
        std::chrono::floor<std::chrono::milliseconds>(parts_.runtime.clock().WallNow())
            .time_since_epoch()
            .count();
    backup::Manifest manifest{parts_.version, {}, parts_.master_key_id, {}};
    AppendRfc3339(manifest.created_at, now_ms);
    for (const TenantHandle& tenant : tenants) manifest.tenants.push_back(tenant.id());
    pipeline::BackupRun run({parts_.runtime, parts_.log, parts_.data_dir}, std::move(manifest),
                            now_ms / 1000);
    auto estimating = run.Estimate(tenants);
    const std::uint64_t estimate = co_await std::move(estimating);
    Response head;
    head.content_type = "application/x-tar";
    head.headers = {{"Content-Disposition", R"(attachment; filename="notifyd-backup.tar")"},
                    {"X-Correlation-Id", std::string(call.correlation_id)},
                    {"X-Estimated-Bytes", std::to_string(estimate)}};
    auto beginning = call.exchange.BeginAnswer(std::move(head));
    if (auto begun = co_await std::move(beginning); !begun) co_return begun;
    Answer answer(call.exchange);
    auto writing = run.Write(tenants, answer);
    if (auto written = co_await std::move(writing); !written) co_return written;
    co_return co_await call.exchange.EndAnswer();
  }

  const BackupParts parts_;
  std::atomic<bool> under_way_{false};
};

}  // namespace

void AddBackupOperations(Operations& operations, BackupParts parts) {
  // As long as the server lives.
  auto backups = std::make_shared<Backups>(std::move(parts));
  operations.Add("backupAgent", [backups](Call& call) { return backups->Make(call); });
  operations.Add("restoreAgent", [backups](Call& call) { return backups->Restore(call); });
}

}  // namespace notify::agent::ingress::rest
