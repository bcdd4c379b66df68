#include "agent/eventlog/journal/journal.hpp"

#include <gtest/gtest.h>

#include "agent/eventlog/blocks/block.hpp"
#include "tests/support/sim/sim_disk.hpp"

namespace notify::agent::eventlog {
namespace {

using testing_support::sim::DiskCall;

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    EXPECT_TRUE(disk_.MakeFolder("/j").has_value());
    disk_.SyncAll();
    Open();
  }

  /// Opens the journal anew; `found_` gets what is there.
  void Open() {
    found_.clear();
    journal_.emplace(disk_, Journal::Options{JournalBase("/j", 0, 1), 8192});
    const auto opened = journal_->Open([this](const FramedBlock& block, const BlockPlace&) {
      const auto header = DecodeBlock(block.block);
      found_.push_back(header ? header->header.first.value : 0);
    });
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    damaged_ = *opened;
  }
  void PowerCut(std::uint64_t seed) {
    journal_.reset();
    disk_.PowerCut(seed);
    Open();
  }

  /// A block that stands at `number`, of `size` bytes of payload.
  static std::string Block(std::uint64_t number, std::size_t size = 100) {
    BlockHeader header;
    header.first.value = number;
    header.total = header.accepted = 1;
    return EncodeBlock(EncodeHeader(header), std::string(28, 's'), std::string(size, 'p'));
  }

  /// Commits one block at `number`.
  Status Commit(std::uint64_t number, std::size_t size = 100) {
    const std::string block = Block(number, size);
    const std::vector<FramedBlock> blocks{{"blue", block, "", ""}};
    if (auto made = journal_->MakeRoom(FrameBytes(blocks)); !made) return made;
    auto committed = journal_->Commit(blocks);
    if (!committed) return committed.error();
    return {};
  }
  void CommitAll(std::uint64_t from, std::uint64_t to) {
    for (; from <= to; ++from) ASSERT_TRUE(Commit(from).has_value()) << from;
  }
  static std::vector<std::uint64_t> Numbers(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> numbers;
    for (; from <= to; ++from) numbers.push_back(from);
    return numbers;
  }

  testing_support::sim::SimDisk disk_{3};
  std::optional<Journal> journal_;
  std::vector<std::uint64_t> found_;
  std::size_t damaged_ = 0;
};

TEST_F(JournalTest, GivesBackEveryCommitInOrderAfterAPowerCut) {
  CommitAll(1, 5);
  PowerCut(1);
  EXPECT_EQ(found_, Numbers(1, 5));
  CommitAll(6, 7);
  PowerCut(2);
  EXPECT_EQ(found_, Numbers(1, 7));
}

TEST_F(JournalTest, BeginsTheOtherFileWhenOneIsFull) {
  CommitAll(1, 20);
  EXPECT_EQ(journal_->full(), 1U);
  EXPECT_EQ(journal_->generation(), 2U);
  PowerCut(1);
  EXPECT_EQ(found_, Numbers(1, 20));
  EXPECT_EQ(journal_->full(), 1U);
}

TEST_F(JournalTest, RefusesWhileTheOtherFileIsStillNeeded) {
  std::uint64_t number = 1;
  Status committed;
  while ((committed = Commit(number)).has_value()) ++number;
  EXPECT_EQ(committed.error().code, Errc::kUnavailable);
  journal_->Release(*journal_->full());
  EXPECT_TRUE(Commit(number).has_value());
}

TEST_F(JournalTest, GrowsPastItsSizeOnlyWhileTheOtherFileIsStillNeeded) {
  std::uint64_t number = 1;
  while (Commit(number).has_value()) ++number;
  EXPECT_GT(journal_->used(), 3 * journal_->capacity());
  PowerCut(1);
  EXPECT_EQ(found_, Numbers(1, number - 1));

  journal_->Release(*journal_->full());
  ASSERT_TRUE(Commit(number).has_value());
  EXPECT_LT(journal_->used(), journal_->capacity()) << "it goes on in the other file";
}

TEST_F(JournalTest, AReleasedFileIsNotReadAgain) {
  CommitAll(1, 20);
  journal_->Release(1);
  disk_.SyncAll();
  PowerCut(1);
  ASSERT_FALSE(found_.empty());
  EXPECT_GT(found_.front(), 1U);
  EXPECT_EQ(found_.back(), 20U);
}

TEST_F(JournalTest, UsesItsFilesInTurnForEver) {
  for (std::uint64_t number = 1; number <= 300; ++number) {
    ASSERT_TRUE(Commit(number).has_value()) << number;
    if (journal_->full()) journal_->Release(*journal_->full());
  }
  PowerCut(5);
  EXPECT_EQ(found_.back(), 300U);
  EXPECT_LE((*disk_.Open("/j/1-of-1.0", async::FileSystem::Mode::kRead))->Size().value(), 8U << 20);
}

TEST_F(JournalTest, ACommitLargerThanAFileStillFitsAnEmptyOne) {
  ASSERT_TRUE(Commit(1, 100'000).has_value());
  PowerCut(1);
  EXPECT_EQ(found_, Numbers(1, 1));
}

TEST_F(JournalTest, WhatAFailedSyncLeftIsVoidOnceTheNextCommitIsThere) {
  CommitAll(1, 3);
  disk_.Inject({.call = DiskCall::kSync, .nth = 1});
  EXPECT_FALSE(Commit(4).has_value());
  disk_.ClearFaults();
  ASSERT_TRUE(Commit(4, 50).has_value());
  EXPECT_EQ(journal_->generation(), 2U) << "a failed sync is never retried on its file";
  disk_.SyncAll();  // The failed commit is on disk after all.
  PowerCut(1);
  EXPECT_EQ(found_, Numbers(1, 4));
}

TEST_F(JournalTest, ADamagedCommitInTheMiddleIsLeftOutAndTold) {
  CommitAll(1, 5);
  disk_.SyncAll();
  disk_.FlipBit("/j/1-of-1.1", 512 + 512 * 2 + 200, 1);
  PowerCut(1);
  EXPECT_EQ(damaged_, 1U);
  EXPECT_EQ(found_, (std::vector<std::uint64_t>{1, 2, 4, 5}));
}

TEST_F(JournalTest, ADamagedHeaderOfACommitLosesThatCommitOnly) {
  CommitAll(1, 5);
  disk_.SyncAll();
  disk_.FlipBit("/j/1-of-1.1", 512 + 512 * 2 + 9, 1);
  PowerCut(1);
  EXPECT_EQ(damaged_, 1U);
  EXPECT_EQ(found_, (std::vector<std::uint64_t>{1, 2, 4, 5}));
}

TEST_F(JournalTest, WithoutRoomItRefusesAndGoesOnWhenThereIsSome) {
  CommitAll(1, 2);
  disk_.SetCapacity(1);
  EXPECT_EQ(Commit(3, 8 << 20).error().code, Errc::kStorageFull);
  disk_.LiftCapacity();
  EXPECT_TRUE(Commit(3, 8 << 20).has_value());
}

/// The power goes in the nth call that changes the disk, for every n.
TEST(JournalPowerCut, WhateverIsAcknowledgedIsThereAndNothingElseWithAHole) {
  for (std::uint64_t nth = 1; nth < 120; ++nth) {
    testing_support::sim::SimDisk disk(nth);
    ASSERT_TRUE(disk.MakeFolder("/j").has_value());
    disk.SyncAll();
    std::uint64_t acknowledged = 0;
    {
      Journal journal(disk.mount(), {JournalBase("/j", 0, 1), 8192});
      disk.PowerOffAt(nth);
      if (journal.Open([](const FramedBlock&, const BlockPlace&) {}).has_value()) {
        for (std::uint64_t number = 1; number <= 40; ++number) {
          BlockHeader header;
          header.first.value = number;
          header.total = header.accepted = 1;
          const std::string block =
              EncodeBlock(EncodeHeader(header), std::string(28, 's'), std::string(300, 'p'));
          const std::vector<FramedBlock> blocks{{"blue", block, "", ""}};
          if (!journal.MakeRoom(FrameBytes(blocks)) || !journal.Commit(blocks)) break;
          acknowledged = number;
        }
      }
    }
    disk.PowerCut(nth);
    std::uint64_t last = 0;
    Journal journal(disk.mount(), {JournalBase("/j", 0, 1), 8192});
    const auto opened = journal.Open([&](const FramedBlock& framed, const BlockPlace&) {
      const auto block = DecodeBlock(framed.block);
      ASSERT_TRUE(block.has_value());
      EXPECT_EQ(block->header.first.value, last + 1) << "nth " << nth;
      last = block->header.first.value;
    });
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    EXPECT_EQ(*opened, 0U) << "a cut is no damage, nth " << nth;
    EXPECT_GE(last, acknowledged) << "nth " << nth;
    EXPECT_LE(last, acknowledged + 1) << "nth " << nth;
  }
}

}  // namespace
}  // namespace notify::agent::eventlog
