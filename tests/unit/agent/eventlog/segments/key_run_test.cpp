#include "agent/eventlog/segments/key_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/seeded_random.hpp"
#include "tests/support/sim/sim_disk.hpp"

namespace notify::agent::eventlog {
namespace {

class KeyRunTest : public ::testing::Test {
 protected:
  /// A run of so many random keys behind 100 bytes of something else.
  std::unique_ptr<KeyRun> Run(std::size_t keys) {
    entries_.clear();
    for (std::size_t i = 0; i < keys; ++i) entries_.push_back({random_.Next(), i + 1});
    std::ranges::sort(entries_);
    bytes_ = EncodeKeyRun(entries_);
    std::shared_ptr<async::File> file = *disk_.Open("/run", async::FileSystem::Mode::kCreate);
    EXPECT_TRUE(file->WriteAt(100, bytes_).has_value());
    KeyRunInfo info;
    info.keys = keys;
    info.offset = 100;
    info.bytes = bytes_.size();
    return std::make_unique<KeyRun>(
        info, [file]() -> Result<std::shared_ptr<async::File>> { return file; });
  }

  testing_support::SeededRandom random_{7};
  testing_support::sim::SimDisk disk_;
  std::vector<KeyEntry> entries_;
  std::string bytes_;
};

TEST_F(KeyRunTest, FindsEveryKeyWithAndWithoutItsFilter) {
  for (const std::size_t keys : {1U, 2U, 31U, 256U, 257U, 5000U}) {
    const auto run = Run(keys);
    for (const bool filtered : {false, true}) {
      if (filtered) {
        ASSERT_TRUE(run->LoadFilter().has_value());
      }
      for (const KeyEntry& entry : entries_) {
        const auto found = run->Find(entry.key);
        ASSERT_TRUE(found.has_value() && found->has_value()) << keys;
        EXPECT_EQ((*found)->value, entry.sequence);
      }
    }
  }
}

TEST_F(KeyRunTest, FindsNoKeyThatIsNotThere) {
  const auto run = Run(3000);
  for (int i = 0; i < 3000; ++i) EXPECT_FALSE(run->Find(random_.Next())->has_value());
  EXPECT_FALSE(run->Find(0)->has_value());
  EXPECT_FALSE(run->Find(UINT64_MAX)->has_value());
}

TEST_F(KeyRunTest, TheFilterSparesNearlyEveryRead) {
  const auto run = Run(20'000);
  ASSERT_TRUE(run->LoadFilter().has_value());
  const auto before = disk_.calls(testing_support::sim::DiskCall::kRead);
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(run->Find(random_.Next()).has_value());
  EXPECT_LT(disk_.calls(testing_support::sim::DiskCall::kRead) - before, 100U);
}

TEST_F(KeyRunTest, WithoutAFilterAKeyCostsFewReads) {
  const auto run = Run(100'000);
  const auto before = disk_.calls(testing_support::sim::DiskCall::kRead);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(run->Find(random_.Next()).has_value());
  EXPECT_LT(disk_.calls(testing_support::sim::DiskCall::kRead) - before, 4000U);
}

TEST_F(KeyRunTest, IsReadBackWholeOrNotAtAll) {
  Run(1000);
  EXPECT_EQ(DecodeKeyRun(bytes_), entries_);
  std::string damaged = bytes_;
  damaged[500] = static_cast<char>(damaged[500] ^ 1);
  EXPECT_FALSE(DecodeKeyRun(damaged).has_value());
  EXPECT_FALSE(DecodeKeyRun(std::string_view(bytes_).substr(0, 900)).has_value());
  EXPECT_FALSE(DecodeKeyRun("").has_value());
}

TEST_F(KeyRunTest, ARunThatIsCutOffIsAnErrorAndNotAnAnswer) {
  const auto run = Run(1000);
  ASSERT_TRUE((*disk_.Open("/run", async::FileSystem::Mode::kWrite))->Truncate(200).has_value());
  EXPECT_FALSE(run->Find(entries_[900].key).has_value());
  EXPECT_FALSE(run->LoadFilter().has_value());
}

}  // namespace
}  // namespace notify::agent::eventlog
