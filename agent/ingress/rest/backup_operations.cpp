#include "agent/ingress/rest/backup_operations.hpp"

#include <atomic>
#include <memory>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/ingress/rest/audit_note.hpp"
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

class Backups {
 public:
  explicit Backups(BackupParts parts) : parts_(std::move(parts)) {}

  async::Task<Result<Response>> Make(Call& call) {
    if (under_way_.exchange(true)) {
      co_return Fail(Errc::kConflict, "Another backup is being made.", "Wait until it has ended.");
    }
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

 private:
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
}

}  // namespace notify::agent::ingress::rest
