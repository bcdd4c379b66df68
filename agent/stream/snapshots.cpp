#include "agent/stream/snapshots.hpp"

#include <utility>

#include "agent/async/run_on.hpp"

namespace notify::agent::stream {

async::Task<Result<std::optional<Snapshot>>> Snapshots::Find(TenantHandle tenant,
                                                             std::string stream, bool with_data) {
  const auto find = [&]() -> Result<std::optional<Snapshot>> {
    auto state = databases_.Open(tenant, SnapshotStore::kSchema);
    if (!state) return state.error();
    return SnapshotStore(**state, tenant, runtime_.random()).Find(stream, with_data);
  };
  async::CallOn finding(runtime_.platform(), find);
  co_return co_await finding;
}

async::Task<Result<Snapshot>> Snapshots::Put(TenantHandle tenant, std::string stream,
                                             Snapshot snapshot, bool force) {
  const auto put = [&]() -> Status {
    auto state = databases_.Open(tenant, SnapshotStore::kSchema);
    if (!state) return state.error();
    snapshot.taken_ms = std::chrono::floor<std::chrono::milliseconds>(runtime_.clock().WallNow())
                            .time_since_epoch()
                            .count();
    snapshot.bytes = snapshot.data.size();
    return SnapshotStore(**state, tenant, runtime_.random()).Put(stream, snapshot, force);
  };
  async::CallOn putting(runtime_.platform(), put);
  if (auto done = co_await putting; !done) co_return done.error();
  co_return snapshot;
}

async::Task<Status> Snapshots::Delete(TenantHandle tenant, std::string stream) {
  const auto remove = [&]() -> Status {
    auto state = databases_.Open(tenant, SnapshotStore::kSchema);
    if (!state) return state.error();
    const auto removed = SnapshotStore(**state, tenant, runtime_.random()).Delete(stream);
    if (!removed) return removed.error();
    if (*removed) return {};
    return Fail(Errc::kNotFound, "The stream has no snapshot.",
                "notifyctl stream get says where it stands.");
  };
  async::CallOn removing(runtime_.platform(), remove);
  co_return co_await removing;
}

}  // namespace notify::agent::stream
