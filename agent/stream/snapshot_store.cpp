#include "agent/stream/snapshot_store.hpp"

#include <array>
#include <utility>

#include "agent/store/aead.hpp"
#include "common/encoding.hpp"

namespace notify::agent::stream {
namespace {

using store::Blob;

constexpr std::array<std::string_view, 1> kSteps = {R"(
CREATE TABLE stream_snapshots(
  stream BLOB NOT NULL UNIQUE, version INTEGER NOT NULL, last INTEGER NOT NULL,
  taken_ms INTEGER NOT NULL, bytes INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE stream_usage(one INTEGER PRIMARY KEY CHECK(one=1), bytes INTEGER NOT NULL);
INSERT INTO stream_usage VALUES(1, 0))"};

constexpr std::size_t kHashBytes = 16;

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t Unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

}  // namespace

const store::StageSchema SnapshotStore::kSchema = {"stream", kSteps};

std::string SnapshotStore::Hash(std::string_view stream) const {
  return HmacSha256(tenant_.record().data_key.Reveal(), "stream|" + std::string(stream))
      .substr(0, kHashBytes);
}

std::string SnapshotStore::Context(std::string_view hash) const {
  return "stream_snapshot|" + tenant_.id().text() + "|" + std::string(hash);
}

Result<std::optional<Snapshot>> SnapshotStore::Find(std::string_view stream, bool with_data) {
  const std::string hash = Hash(stream);
  std::optional<Snapshot> found;
  Status status;
  auto read = state_.Query(
      "SELECT version,last,taken_ms,bytes,CASE WHEN ?2 THEN data END FROM stream_snapshots "
      "WHERE stream=?1",
      {Blob{hash}, std::int64_t{with_data}}, [&](const store::Row& row) {
        found = Snapshot{Unsigned(row.Integer(0)),
                         Sequence{Unsigned(row.Integer(1))},
                         row.Integer(2),
                         Unsigned(row.Integer(3)),
                         {}};
        store::Aead aead(tenant_.record().data_key);
        if (with_data && !aead.Open(Context(hash), row.Bytes(4), found->data)) {
          status = Fail(Errc::kInternal,
                        "The snapshot cannot be opened: it was damaged, or moved here from another "
                        "tenant.",
                        "Delete it, and take it again from the stream's events.");
        }
        return false;
      });
  if (read && !status) read = status;
  if (!read) return read.error();
  return found;
}

Status SnapshotStore::Put(std::string_view stream, const Snapshot& snapshot, bool force) {
  return state_.Transaction([&] { return Replace(stream, snapshot, force); });
}

Status SnapshotStore::Replace(std::string_view stream, const Snapshot& snapshot, bool force) {
  const auto before = Find(stream, false);
  if (!before) return before.error();
  if (*before && (*before)->version > snapshot.version && !force) {
    return Fail(Errc::kConflict,
                "The snapshot that is there is of version " + std::to_string((*before)->version) +
                    ", newer than this one of version " + std::to_string(snapshot.version) + ".",
                "Add force=true (--force) to put the older one in its place.");
  }
  const auto used = state_.Number("SELECT bytes FROM stream_usage");
  if (!used) return used.error();
  const std::int64_t grows =
      Signed(snapshot.data.size()) - (*before ? Signed((*before)->bytes) : 0);
  const std::int64_t bytes = used->value_or(0) + grows;
  if (grows > 0 && bytes > kMostBytes) {
    return Fail(Errc::kConflict,
                "The tenant's snapshots would take more than 256 MiB, as much as they may.",
                "Delete those of streams that have ended: notifyctl stream snapshot delete.");
  }
  const std::string hash = Hash(stream);
  std::string sealed;
  store::Aead(tenant_.record().data_key).Seal(random_, Context(hash), snapshot.data, sealed);
  auto counted = Done(state_.Run("UPDATE stream_usage SET bytes=?1", {bytes}));
  if (!counted) return counted;
  return Done(state_.Run("INSERT OR REPLACE INTO stream_snapshots VALUES(?1,?2,?3,?4,?5,?6)",
                         {Blob{hash}, Signed(snapshot.version), Signed(snapshot.last.value),
                          snapshot.taken_ms, Signed(snapshot.data.size()), Blob{sealed}}));
}

Result<bool> SnapshotStore::Delete(std::string_view stream) {
  const std::string hash = Hash(stream);
  bool was_there = false;
  auto done = state_.Transaction([&]() -> Status {
    auto counted =
        Done(state_.Run("UPDATE stream_usage SET bytes=bytes-coalesce((SELECT bytes FROM "
                        "stream_snapshots WHERE stream=?1), 0)",
                        {Blob{hash}}));
    if (!counted) return counted;
    const auto removed = state_.Run("DELETE FROM stream_snapshots WHERE stream=?1", {Blob{hash}});
    if (!removed) return removed.error();
    was_there = *removed > 0;
    return {};
  });
  if (!done) return done.error();
  return was_there;
}

}  // namespace notify::agent::stream
