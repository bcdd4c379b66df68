#include <gtest/gtest.h>

#include <string>

#include "agent/store/file_vfs.hpp"
#include "tests/unit/agent/store/sqlite_on.hpp"

namespace notify::agent::store {
namespace {

using testing_support::sim::SimDisk;

constexpr int kCommits = 12;

/// What one run on a disk that loses its power showed.
struct Campaign {
  int runs = 0;
  int lost = 0;     ///< Runs after which a committed row was not there.
  int half = 0;     ///< Runs after which a transaction was there in part.
  int damaged = 0;  ///< Runs after which integrity_check complained.
  bool reached_end = false;
};

/// Each transaction puts its number into both tables. The number of the last that was committed.
int CommitUntilPowerGoes(SimDisk& disk, const std::string& mode, const std::string& sync = {}) {
  SqliteOn db(disk, "/data/a.db", mode, sync);
  for (int i = 1; i <= kCommits; ++i) {
    const std::string n = std::to_string(i);
    const int done = db.Do("BEGIN; INSERT INTO a VALUES (" + n + ", randomblob(900));" +
                           "INSERT INTO b VALUES (" + n + ", randomblob(3000)); COMMIT");
    if (done != SQLITE_OK) return i - 1;
    if (i % 5 == 0) db.Do("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  return kCommits;
}

void Prepare(SimDisk& disk, const std::string& mode) {
  EXPECT_TRUE(disk.MakeFolder("/data"));
  {
    SqliteOn db(disk, "/data/a.db", mode);
    db.Must("CREATE TABLE a(n INTEGER PRIMARY KEY, x); CREATE TABLE b(n INTEGER PRIMARY KEY, x)");
  }
  disk.SyncAll();
}

void Judge(SimDisk& disk, const std::string& mode, int committed, Campaign& campaign) {
  SqliteOn db(disk, "/data/a.db", mode);
  ++campaign.runs;
  if (db.Ask("PRAGMA integrity_check") != "ok") {
    ++campaign.damaged;
    return;
  }
  const std::string rows = db.Ask("SELECT count(*) FROM a WHERE n <= " + std::to_string(committed));
  if (rows != std::to_string(committed)) ++campaign.lost;
  if (db.Ask("SELECT count(*) FROM a") != db.Ask("SELECT count(*) FROM b")) ++campaign.half;
}

/// Cuts the power in each changing call of the run in turn, and starts again with many seeds.
Campaign CutEverywhere(const std::string& mode, int seeds, bool lying = false,
                       const std::string& sync = {}) {
  Campaign campaign;
  for (std::uint64_t cut = 1; !campaign.reached_end; ++cut) {
    for (int seed = 1; seed <= seeds; ++seed) {
      SimDisk disk(cut);
      Prepare(disk, mode);
      disk.Lie(lying);
      disk.PowerOffAt(cut);
      const int committed = CommitUntilPowerGoes(disk, mode, sync);
      campaign.reached_end = !disk.power_off();
      disk.Lie(false);
      disk.PowerCut(static_cast<std::uint64_t>(seed) * 1000 + cut);
      Judge(disk, mode, committed, campaign);
    }
  }
  return campaign;
}

class PowerCut : public testing::TestWithParam<const char*> {};

TEST_P(PowerCut, NoCommittedTransactionIsLostAtAnyCut) {
  const Campaign campaign = CutEverywhere(GetParam(), 12);
  EXPECT_GT(campaign.runs, 500);
  EXPECT_EQ(campaign.lost, 0);
  EXPECT_EQ(campaign.half, 0);
  EXPECT_EQ(campaign.damaged, 0);
}

TEST_P(PowerCut, ADiskThatDoesNotSyncIsCaught) {
  const Campaign campaign = CutEverywhere(GetParam(), 3, true);
  EXPECT_GT(campaign.lost + campaign.damaged, campaign.runs / 10);
}

TEST_P(PowerCut, RecoveryThatIsCutItselfRecovers) {
  Campaign campaign;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SimDisk disk(seed);
    Prepare(disk, GetParam());
    disk.PowerOffAt(20 + seed % 40);
    const int committed = CommitUntilPowerGoes(disk, GetParam());
    for (std::uint64_t again = 0; again < 3; ++again) {
      disk.PowerCut(seed * 10 + again);
      disk.PowerOffAt(1 + (seed + again) % 4);
      SqliteOn(disk, "/data/a.db", GetParam()).Do("INSERT INTO a VALUES (1000, 1)");
    }
    disk.PowerCut(seed);
    SqliteOn(disk, "/data/a.db", GetParam()).Must("DELETE FROM a WHERE n = 1000");
    Judge(disk, GetParam(), committed, campaign);
  }
  EXPECT_EQ(campaign.lost + campaign.half + campaign.damaged, 0);
}

TEST(PowerCutHarness, CatchesSettingsThatPromiseNoDurability) {
  EXPECT_GT(CutEverywhere("WAL", 3, false, "NORMAL").lost, 0);
  EXPECT_GT(CutEverywhere("DELETE", 3, false, "FULL").lost, 0);
}

TEST(PowerCutHarness, CatchesSettingsThatDamage) {
  const Campaign campaign = CutEverywhere("DELETE", 3, false, "OFF");
  EXPECT_GT(campaign.damaged + campaign.half, 0);
}

INSTANTIATE_TEST_SUITE_P(Journals, PowerCut, testing::Values("WAL", "DELETE"));

}  // namespace
}  // namespace notify::agent::store
