#include "agent/store/file_vfs.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>

#include "tests/unit/agent/store/sqlite_on.hpp"

namespace notify::agent::store {
namespace {

using testing_support::sim::DiskCall;
using testing_support::sim::SimDisk;

class FileVfsTest : public testing::Test {
 protected:
  SimDisk disk_;
};

TEST_F(FileVfsTest, KeepsADatabaseOverClosing) {
  {
    SqliteOn db(disk_, "/a.db");
    db.Must("CREATE TABLE t(x); INSERT INTO t VALUES (1), (2)");
  }
  SqliteOn again(disk_, "/a.db");
  EXPECT_EQ(again.Ask("SELECT sum(x) FROM t"), "3");
  EXPECT_TRUE(disk_.Exists("/a.db"));
}

TEST_F(FileVfsTest, WritesAheadOnlyWithSharedMemory) {
  SqliteOn db(disk_, "/a.db");
  EXPECT_EQ(db.Ask("PRAGMA journal_mode=WAL"), "wal");
  db.Must("CREATE TABLE t(x)");
  EXPECT_TRUE(disk_.Exists("/a.db-wal"));
  EXPECT_EQ(db.Ask("PRAGMA journal_mode"), "wal");
}

TEST_F(FileVfsTest, ReadersOfAWalKeepTheirSnapshot) {
  SqliteOn writer(disk_, "/a.db", "WAL");
  SqliteOn reader(disk_, "/a.db", "WAL");
  writer.Must("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
  reader.Must("BEGIN");
  EXPECT_EQ(reader.Ask("SELECT count(*) FROM t"), "1");
  writer.Must("INSERT INTO t VALUES (2)");
  EXPECT_EQ(reader.Ask("SELECT count(*) FROM t"), "1");
  reader.Must("COMMIT");
  EXPECT_EQ(reader.Ask("SELECT count(*) FROM t"), "2");
}

TEST_F(FileVfsTest, OneWriterAtATime) {
  for (const char* mode : {"WAL", "DELETE"}) {
    const std::string path = std::string("/") + mode;
    SqliteOn one(disk_, path, mode);
    SqliteOn two(disk_, path, mode);
    one.Must("CREATE TABLE t(x); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)");
    EXPECT_EQ(two.Do("BEGIN IMMEDIATE"), SQLITE_BUSY) << mode;
    EXPECT_EQ(two.Ask("SELECT count(*) FROM t"), "0") << mode;
    one.Must("COMMIT");
    EXPECT_EQ(two.Do("BEGIN IMMEDIATE; COMMIT"), SQLITE_OK) << mode;
  }
}

TEST_F(FileVfsTest, AReaderHoldsBackTheCommitOfARollbackJournal) {
  SqliteOn writer(disk_, "/a.db", "DELETE");
  SqliteOn reader(disk_, "/a.db", "DELETE");
  writer.Must("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
  reader.Must("BEGIN");
  EXPECT_EQ(reader.Ask("SELECT count(*) FROM t"), "1");
  writer.Must("BEGIN; INSERT INTO t VALUES (2)");
  EXPECT_EQ(writer.Do("COMMIT"), SQLITE_BUSY);
  EXPECT_EQ(SqliteOn(disk_, "/a.db", "").Do("SELECT * FROM t"), SQLITE_BUSY) << "no new readers";
  reader.Must("COMMIT");
  EXPECT_EQ(writer.Do("COMMIT"), SQLITE_OK);
}

TEST_F(FileVfsTest, ABusyWaitPassesAtOnce) {
  SqliteOn one(disk_, "/a.db", "WAL");
  SqliteOn two(disk_, "/a.db", "WAL");
  one.Must("BEGIN IMMEDIATE");
  sqlite3_busy_timeout(two.handle(), 3'600'000);
  EXPECT_EQ(two.Do("BEGIN IMMEDIATE"), SQLITE_BUSY);
}

TEST_F(FileVfsTest, LeavesNothingButTheDatabase) {
  {
    SqliteOn db(disk_, "/d.db", "WAL");
    db.Must("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
    SqliteOn journal(disk_, "/j.db", "DELETE");
    journal.Must("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
  }
  auto names = disk_.List("/").value();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()),
            (std::set<std::string>{"d.db", "j.db"}));
}

TEST_F(FileVfsTest, TemporaryFilesAreNotOnTheDisk) {
  SqliteOn db(disk_, "/a.db");
  db.Must("PRAGMA temp_store=FILE; PRAGMA cache_size=4; CREATE TEMP TABLE big(x)");
  db.Must(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 2000) "
      "INSERT INTO big SELECT hex(randomblob(100)) FROM n");
  EXPECT_EQ(db.Ask("SELECT count(DISTINCT x) FROM big"), "2000");
  EXPECT_EQ(disk_.List("/").value().size(), 1U);
}

TEST_F(FileVfsTest, FullDiskIsSqliteFullAndNothingIsLost) {
  SqliteOn db(disk_, "/a.db", "WAL");
  db.Must("CREATE TABLE t(x); INSERT INTO t VALUES (1)");
  disk_.SetCapacity(0);
  EXPECT_EQ(db.Do("INSERT INTO t VALUES (zeroblob(100000))"), SQLITE_FULL);
  disk_.LiftCapacity();
  EXPECT_EQ(db.Do("INSERT INTO t VALUES (2)"), SQLITE_OK);
  EXPECT_EQ(db.Ask("SELECT count(*) FROM t"), "2");
}

TEST_F(FileVfsTest, AFailedSyncFailsTheCommit) {
  SqliteOn db(disk_, "/a.db", "WAL");
  db.Must("CREATE TABLE t(x)");
  disk_.Inject({.call = DiskCall::kSync});
  EXPECT_EQ(db.Do("INSERT INTO t VALUES (1)"), SQLITE_IOERR);
}

TEST_F(FileVfsTest, TimeAndChanceAreInjected) {
  SqliteOn db(disk_, "/a.db");
  EXPECT_EQ(db.Ask("SELECT datetime('now')"), "2026-01-01 00:00:00");
}

TEST_F(FileVfsTest, OpensWhatIsThereOnly) {
  sqlite3* handle = nullptr;
  const std::string vfs = disk_.SqliteVfs();
  EXPECT_EQ(sqlite3_open_v2("/none.db", &handle, SQLITE_OPEN_READWRITE, vfs.c_str()),
            SQLITE_CANTOPEN);
  sqlite3_close(handle);
}

}  // namespace
}  // namespace notify::agent::store
