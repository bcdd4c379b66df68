#include "agent/store/database.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/support/sim/sim_disk.hpp"

namespace notify::agent::store {
namespace {

using testing_support::sim::SimDisk;

constexpr const char* kPath = "/data/a.db";
constexpr std::array<std::string_view, 1> kSchema = {"CREATE TABLE numbers(n INTEGER PRIMARY KEY)"};

/// Opens the file, writes one row and closes it: what a tenant with little to do asks for.
Status WriteOnce(SimDisk& disk, std::int64_t number) {
  auto database = Database::Open(kPath, {.vfs = disk.SqliteVfs()});
  if (!database) return database.error();
  if (auto migrated = (*database)->Migrate(kSchema); !migrated) return migrated;
  auto written = (*database)->Run("INSERT INTO numbers VALUES(?)", {number});
  if (!written) return written.error();
  return {};
}

std::int64_t Rows(SimDisk& disk) {
  auto database = Database::Open(kPath, {.vfs = disk.SqliteVfs()});
  if (!database || !(*database)->Migrate(kSchema)) return -1;
  const auto counted = (*database)->Number("SELECT count(*) FROM numbers");
  return counted ? counted->value_or(-1) : -1;
}

TEST(Database, ASmallWriteOfAFileThatIsClosedAgainCostsOneSync) {
  SimDisk disk(1);
  ASSERT_TRUE(disk.MakeFolder("/data").has_value());
  ASSERT_TRUE(WriteOnce(disk, 1).has_value());  // Makes the table, which goes into the file.
  ASSERT_TRUE(WriteOnce(disk, 2).has_value());  // Begins the log.
  const std::uint64_t before = disk.syncs();
  for (int n = 3; n <= 6; ++n) ASSERT_TRUE(WriteOnce(disk, n).has_value());
  EXPECT_EQ(disk.syncs(), before + 4);
}

TEST(Database, ALargeWriteAheadLogIsNotLeftToTheNextOne) {
  SimDisk disk(1);
  ASSERT_TRUE(disk.MakeFolder("/data").has_value());
  for (int n = 1; n <= 5; ++n) ASSERT_TRUE(WriteOnce(disk, n).has_value());
  EXPECT_TRUE(disk.Exists(std::string(kPath) + "-wal"));
  // Two pages each, or three, in the same log.
  for (int n = 6; n <= 40; ++n) {
    ASSERT_TRUE(WriteOnce(disk, n).has_value());
    auto log = disk.ReadAll(std::string(kPath) + "-wal", 1 << 20);
    ASSERT_TRUE(!log || log->size() < 40 * 4200) << n;
  }
  EXPECT_EQ(Rows(disk), 40);
}

TEST(Database, WhatWasWrittenBeforeItWasClosedSurvivesAPowerCutAtAnyCall) {
  bool reached_end = false;
  for (std::uint64_t cut = 1; !reached_end; ++cut) {
    SimDisk disk(cut);
    ASSERT_TRUE(disk.MakeFolder("/data").has_value());
    disk.SyncAll();
    disk.PowerOffAt(cut);
    int written = 0;
    while (written < 20 && WriteOnce(disk, written + 1)) ++written;
    reached_end = !disk.power_off();
    disk.PowerCut(cut);
    ASSERT_GE(Rows(disk), written) << "cut at call " << cut;
  }
}

TEST(Database, WhatAFailedSyncLeftInTheLogIsNotTakenForCommitted) {
  SimDisk disk(1);
  ASSERT_TRUE(disk.MakeFolder("/data").has_value());
  for (int n = 1; n <= 2; ++n) ASSERT_TRUE(WriteOnce(disk, n).has_value());
  {
    auto reader = Database::Open(kPath, {.vfs = disk.SqliteVfs()});
    ASSERT_TRUE((*reader)->Number("SELECT count(*) FROM numbers").has_value());
    disk.Inject({.call = testing_support::sim::DiskCall::kSync, .nth = 1});
    EXPECT_FALSE(WriteOnce(disk, 3).has_value());
    disk.ClearFaults();
  }
  ASSERT_TRUE(WriteOnce(disk, 4).has_value());
  disk.PowerCut(1);
  EXPECT_EQ(Rows(disk), 3) << "the first two and the last";
}

}  // namespace
}  // namespace notify::agent::store
