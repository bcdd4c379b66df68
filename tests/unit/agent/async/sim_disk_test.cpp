#include "tests/support/sim/sim_disk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace notify::testing_support::sim {
namespace {

using Mode = async::FileSystem::Mode;

class Disk : public testing::Test {
 protected:
  std::unique_ptr<async::File> Create(const std::string& path) {
    return disk_.Open(path, Mode::kCreate).value();
  }
  /// A file that is durable with its name.
  std::unique_ptr<async::File> Durable(const std::string& path, const std::string& bytes) {
    EXPECT_TRUE(disk_.WriteDurably(path, bytes));
    return disk_.Open(path, Mode::kWrite).value();
  }
  std::string Read(const std::string& path) { return disk_.ReadAll(path, 1 << 20).value_or("?"); }

  /// What is found in `path` after a power cut, over many seeds. `prepare` runs before each.
  template <typename F>
  std::set<std::string> AfterCuts(const std::string& path, F prepare) {
    std::set<std::string> found;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      prepare();
      disk_.PowerCut(seed);
      found.insert(disk_.Exists(path) ? Read(path) : "(gone)");
    }
    return found;
  }

  SimDisk disk_;
};

TEST_F(Disk, KeepsWhatWasSynced) {
  const auto found = AfterCuts("/f", [&] {
    const auto file = Durable("/f", "");
    EXPECT_TRUE(file->WriteAt(0, "kept"));
    EXPECT_TRUE(file->Sync());
  });
  EXPECT_EQ(found, std::set<std::string>{"kept"});
}

TEST_F(Disk, LosesOrKeepsWhatWasNotSynced) {
  const auto found = AfterCuts("/f", [&] {
    const auto file = Durable("/f", "old");
    EXPECT_TRUE(file->WriteAt(0, "new"));
  });
  EXPECT_TRUE(found.contains("old"));
  EXPECT_TRUE(found.contains("new"));
  EXPECT_TRUE(found.contains("nld") || found.contains("ned")) << "no torn sector";
}

TEST_F(Disk, ReordersSectorsOfUnsyncedWrites) {
  const std::string first(512, 'a');
  const std::string second(512, 'b');
  const auto found = AfterCuts("/f", [&] {
    const auto file = Durable("/f", std::string(1024, '.'));
    EXPECT_TRUE(file->WriteAt(0, first));
    EXPECT_TRUE(file->WriteAt(512, second));
  });
  EXPECT_TRUE(found.contains(std::string(512, '.') + second)) << "the later write never came alone";
  EXPECT_TRUE(found.contains(first + std::string(512, '.')));
}

TEST_F(Disk, ANameIsDurableOnlyAfterItsFolderWasSynced) {
  const auto create = [&] {
    EXPECT_TRUE(disk_.Remove("/f"));
    disk_.SyncAll();
    EXPECT_TRUE(Create("/f")->Sync());
  };
  EXPECT_EQ(AfterCuts("/f", create), (std::set<std::string>{"", "(gone)"}));
  const auto create_and_sync = [&] {
    create();
    EXPECT_TRUE(disk_.SyncFolder("/"));
  };
  EXPECT_EQ(AfterCuts("/f", create_and_sync), std::set<std::string>{""});
}

TEST_F(Disk, ARenameIsWholeOrNotAtAll) {
  std::set<std::pair<bool, bool>> found;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    EXPECT_TRUE(disk_.Remove("/to"));
    Durable("/from", "x");
    disk_.SyncAll();
    EXPECT_TRUE(disk_.Rename("/from", "/to"));
    disk_.PowerCut(seed);
    found.insert({disk_.Exists("/from"), disk_.Exists("/to")});
  }
  EXPECT_EQ(found, (std::set<std::pair<bool, bool>>{{true, false}, {false, true}}));
}

TEST_F(Disk, DurableReplacementIsOldOrNewAtEveryCut) {
  for (std::uint64_t cut = 1; cut < 12; ++cut) {
    const auto found = AfterCuts("/f", [&] {
      EXPECT_TRUE(disk_.WriteDurably("/f", "old"));
      disk_.PowerOffAt(cut);
      static_cast<void>(disk_.WriteDurably("/f", "the new one"));
    });
    for (const std::string& text : found) EXPECT_TRUE(text == "old" || text == "the new one");
  }
}

TEST_F(Disk, ATreeIsRemovedInAnyPart) {
  std::set<std::size_t> left;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    EXPECT_TRUE(disk_.MakeFolder("/d/e"));
    for (const char* name : {"/d/1", "/d/2", "/d/e/3"}) Create(name);
    disk_.SyncAll();
    EXPECT_TRUE(disk_.Remove("/d"));
    EXPECT_FALSE(disk_.Exists("/d/1"));
    disk_.PowerCut(seed);
    left.insert(disk_.Exists("/d") ? disk_.List("/d").value().size() : 9);
  }
  EXPECT_TRUE(left.contains(9) && left.contains(3) && left.contains(1));
}

TEST_F(Disk, FailsTheChosenCallOnly) {
  const auto file = Create("/wal");
  disk_.Inject({.call = DiskCall::kWrite, .nth = 2, .path_part = "wal"});
  EXPECT_TRUE(file->WriteAt(0, "1"));
  EXPECT_TRUE(Create("/other")->WriteAt(0, "1"));
  EXPECT_EQ(file->WriteAt(0, "2").error().code, Errc::kInternal);
  EXPECT_TRUE(file->WriteAt(0, "3"));
}

TEST_F(Disk, FailsFromThenOnUntilCleared) {
  const auto file = Create("/f");
  disk_.Inject({.call = DiskCall::kWrite, .code = Errc::kStorageFull, .from_then_on = true});
  EXPECT_EQ(file->WriteAt(0, "1").error().code, Errc::kStorageFull);
  EXPECT_EQ(file->WriteAt(0, "2").error().code, Errc::kStorageFull);
  disk_.ClearFaults();
  EXPECT_TRUE(file->WriteAt(0, "3"));
}

TEST_F(Disk, IsFullAtItsCapacity) {
  const auto file = Create("/f");
  disk_.SetCapacity(100);
  EXPECT_TRUE(file->WriteAt(0, std::string(100, 'x')));
  EXPECT_TRUE(file->WriteAt(0, "overwriting needs no room"));
  EXPECT_EQ(file->WriteAt(100, "y").error().code, Errc::kStorageFull);
  EXPECT_EQ(file->Preallocate(101).error().code, Errc::kStorageFull);
  EXPECT_TRUE(file->Truncate(0));
  EXPECT_TRUE(file->WriteAt(0, "y"));
}

TEST_F(Disk, ASyncAfterAFailedSyncProvesNothing) {
  const auto found = AfterCuts("/f", [&] {
    const auto file = Durable("/f", "old");
    EXPECT_TRUE(file->WriteAt(0, "new"));
    disk_.Inject({.call = DiskCall::kSync});
    EXPECT_FALSE(file->Sync());
    EXPECT_TRUE(file->Sync());
    EXPECT_EQ(Read("/f"), "new");
  });
  EXPECT_TRUE(found.contains("old")) << "the retry made it durable, which no kernel promises";
}

TEST_F(Disk, PowerGoesInTheChosenCall) {
  const auto file = Durable("/f", "old");
  const auto before = disk_.changes();
  disk_.PowerOffAt(2);
  EXPECT_TRUE(file->WriteAt(0, "1"));
  EXPECT_FALSE(disk_.power_off());
  EXPECT_FALSE(file->Sync());
  EXPECT_TRUE(disk_.power_off());
  EXPECT_FALSE(file->WriteAt(0, "2"));
  EXPECT_FALSE(disk_.Exists("/f"));
  EXPECT_EQ(disk_.changes() - before, 2U);
  disk_.PowerCut(1);
  EXPECT_TRUE(disk_.Exists("/f"));
}

TEST_F(Disk, ALyingDiskLosesWhatItAcknowledged) {
  disk_.Lie(true);
  const auto found = AfterCuts("/f", [&] {
    disk_.Lie(false);
    const auto file = Durable("/f", "old");
    disk_.Lie(true);
    EXPECT_TRUE(file->WriteAt(0, "new"));
    EXPECT_TRUE(file->Sync());
  });
  EXPECT_TRUE(found.contains("old"));
}

TEST_F(Disk, FlipsABitForReadersAndForEver) {
  Durable("/f", "abc");
  disk_.FlipBit("/f", 1, 0);
  EXPECT_EQ(Read("/f"), "acc");
  disk_.PowerCut(1);
  EXPECT_EQ(Read("/f"), "acc");
}

TEST_F(Disk, CountsSyncs) {
  const auto file = Create("/f");
  EXPECT_TRUE(file->Sync());
  EXPECT_TRUE(file->Sync());
  EXPECT_EQ(disk_.syncs(), 2U);
}

TEST_F(Disk, AnOpenFileOutlivesItsName) {
  const auto file = Create("/f");
  EXPECT_TRUE(file->WriteAt(0, "still there"));
  EXPECT_TRUE(disk_.Remove("/f"));
  EXPECT_EQ(file->Size().value(), 11U);
}

}  // namespace
}  // namespace notify::testing_support::sim
