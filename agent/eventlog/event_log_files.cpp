// The part of EventLog that lends a tenant's files to who copies them.
#include "agent/async/run_on.hpp"
#include "agent/eventlog/event_log.hpp"

namespace notify::agent::eventlog {
namespace {

using namespace std::chrono_literals;

constexpr Clock::Duration kLook = 20ms;
// The background writer tries again for ever; who copies does not wait that long.
constexpr int kMostLooks = 3000;

}  // namespace

async::Task<Result<LogFiles>> EventLog::OpenFiles(TenantHandle tenant, std::string index_target) {
  const auto head = co_await Head(tenant);
  if (!head) co_return head.error();
  async::RunOn moving(runtime_.background(), MoveUpTo(tenant, head->last));
  if (auto moved = co_await moving; !moved) co_return moved.error();
  const auto open = [&] { return OpenLogFiles(runtime_.files(), tenant, index_target); };
  async::CallOn opening(runtime_.background(), open);
  co_return co_await opening;
}

async::Task<Status> EventLog::MoveUpTo(TenantHandle tenant, Sequence last) {
  Thread& thread = ThreadOf(tenant);
  for (int looks = 0; looks < kMostLooks; ++looks) {
    const auto look = [&] {
      const JournaledBlocks journal = thread.log->All(tenant);
      const bool moved = journal.blocks.empty() || journal.blocks.front().first > last;
      if (!moved) thread.log->EndGeneration();
      return moved;
    };
    async::CallOn looking(thread.shard->executor(), look);
    const bool moved = co_await looking;
    if (moved) co_return Status();
    co_await runtime_.background_timers().Sleep(kLook);
  }
  co_return Fail(Errc::kUnavailable,
                 "The journal cannot be moved to the log of tenant '" + tenant.id().text() + "'.",
                 "The agent's log says why; often the disk is full.");
}

}  // namespace notify::agent::eventlog
