// The built-in projection as one among the others: how it stands, built again, holding events.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/projection/definition.hpp"
#include "agent/projection/metrics_entry.hpp"
#include "agent/projection/tables.hpp"

namespace notify::agent::projection {
namespace {

using Shown = nlohmann::ordered_json;

Shown PositionOf(Position position) {
  return {{"epoch", position.epoch.value}, {"sequence", position.sequence.value}};
}

std::uint64_t LagOf(Position position, Position head) {
  if (position.epoch != head.epoch) return head.sequence.value;
  return head.sequence.value - std::min(head.sequence.value, position.sequence.value);
}

}  // namespace

async::Task<Result<std::string>> MetricsProjection::Standing(TenantHandle tenant) {
  async::RunOn here(runtime_.platform(), StandingHere(std::move(tenant)));
  co_return co_await here;
}

async::Task<Result<std::string>> MetricsProjection::StandingHere(TenantHandle tenant) {
  auto read = co_await events_.Head(tenant);
  if (!read) co_return read.error();
  const Position head{read->epoch, read->last};
  Entry& entry = EntryOf(tenant);
  if (entry.let_go) co_return Fail(Errc::kUnavailable, "The tenant is being stopped.");
  if (auto loaded = Load(entry); !loaded) co_return loaded.error();
  if (entry.behind || entry.next) Queue(entry);
  // An entry that nothing else keeps goes when it is idle.
  Arm(entry);
  const std::uint64_t lag = LagOf(entry.position, head);
  Shown rebuild;
  if (entry.next) {
    const auto done = static_cast<double>(entry.next->position.sequence.value);
    const auto whole = static_cast<double>(head.sequence.value);
    rebuild = {{"position", PositionOf(entry.next->position)},
               {"progress", whole > 0 ? std::min(done / whole, 1.0) : 1.0}};
  }
  const Shown shown = {{"name", kMetricsName},
                       {"builtin", true},
                       {"status", entry.next ? "rebuilding"
                                  : lag > 0  ? "catching_up"
                                             : "live"},
                       {"position", PositionOf(entry.position)},
                       {"head", PositionOf(head)},
                       {"lag", lag},
                       {"error", entry.last ? Shown() : Shown(entry.last.error().detail)},
                       {"rebuild", std::move(rebuild)}};
  co_return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

async::Task<Result<std::string>> MetricsProjection::BeginRebuild(TenantHandle tenant,
                                                                 bool from_retained) {
  async::RunOn here(runtime_.platform(), RebuildHere(std::move(tenant), from_retained));
  co_return co_await here;
}

async::Task<Result<std::string>> MetricsProjection::RebuildHere(TenantHandle tenant,
                                                                bool from_retained) {
  auto head = co_await events_.Head(tenant);
  if (!head) co_return head.error();
  Entry& entry = EntryOf(tenant);
  if (entry.let_go) co_return Fail(Errc::kUnavailable, "The tenant is being stopped.");
  if (auto loaded = Load(entry); !loaded) co_return loaded.error();
  if (!entry.next) {
    if (head->first.value > 1 && !from_retained) {
      co_return Fail(Errc::kGap,
                     "The log begins at " + std::to_string(head->first.value) +
                         "; what was before cannot be counted again.",
                     "With --from-retained (fromRetained=true) only what is still there is "
                     "counted.");
    }
    auto state = databases_.Open(tenant, kProjectionSchema);
    if (!state) co_return state.error();
    const Position begin{head->epoch, Sequence{head->first.value - 1}};
    if (auto begun = WriteSnapshot(**state, Snapshot::kNext, {}, begin); !begun) {
      co_return begun.error();
    }
    entry.next = Entry::Next{begin, {}};
    // What serves is read to the end first, so that the two can change places there.
    entry.behind = true;
    Queue(entry);
  }
  co_return co_await StandingHere(std::move(tenant));
}

async::Task<Result<std::vector<HeldEvents>>> MetricsProjection::HeldBy(TenantHandle tenant) {
  async::CallOn here(runtime_.platform(), [&]() -> Result<std::vector<HeldEvents>> {
    // What a crash would go back to, not what is in memory only: so that is written down now.
    const auto found = entries_.find(tenant.id());
    if (found != entries_.end() && found->second->loaded) {
      if (auto taken = TakeSnapshot(*found->second); !taken) return taken.error();
    }
    auto state = databases_.Open(tenant, kProjectionSchema);
    if (!state) return state.error();
    std::vector<HeldEvents> held;
    for (const auto snapshot : {Snapshot::kServing, Snapshot::kNext}) {
      auto position = SnapshotPosition(**state, snapshot);
      if (!position) return position.error();
      if (snapshot == Snapshot::kServing) {
        held.push_back({"projection metrics", position->value_or(Position{}), 0});
      } else if (*position) {
        held.push_back({"rebuild of projection metrics", **position, 0});
      }
    }
    // Where it lags behind without anybody having asked, it need not be so next time.
    HeadMoved(tenant, {});
    return held;
  });
  co_return co_await here;
}

}  // namespace notify::agent::projection
