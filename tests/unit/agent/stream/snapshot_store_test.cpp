#include "agent/stream/snapshot_store.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::stream {
namespace {

Snapshot Of(std::uint64_t version, std::string data) {
  Snapshot snapshot;
  snapshot.version = version;
  snapshot.last = Sequence{version * 10};
  snapshot.taken_ms = 1000;
  snapshot.data = std::move(data);
  return snapshot;
}

class SnapshotStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(database_->Migrate(SnapshotStore::kSchema)); }

  testing_support::TempDir folder_;
  testing_support::SeededRandom random_{1};
  std::unique_ptr<store::Database> database_ =
      store::Database::Open(folder_.path() + "/state.db", {}).value();
  const TenantHandle tenant_ = testing_support::TestTenant("blue", "/data/blue");
  SnapshotStore store_{*database_, tenant_, random_};
};

TEST_F(SnapshotStoreTest, GivesBackWhatWasPutByteForByte) {
  ASSERT_TRUE(store_.Put("s", Of(3, R"({ "n" : 1.50 })"), false).has_value());
  const auto found = store_.Find("s", true);
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->data, R"({ "n" : 1.50 })");
  EXPECT_EQ((*found)->version, 3U);
  EXPECT_EQ((*found)->last, Sequence{30});
  EXPECT_EQ((*found)->bytes, 14U);
  EXPECT_EQ(store_.Find("s", false)->value().data, "") << "not asked for";
  EXPECT_FALSE(store_.Find("other", true)->has_value());
}

TEST_F(SnapshotStoreTest, ANewerOneReplacesAnOlderOneOnlyByForce) {
  ASSERT_TRUE(store_.Put("s", Of(3, "3"), false).has_value());
  ASSERT_TRUE(store_.Put("s", Of(4, "4"), false).has_value());
  ASSERT_TRUE(store_.Put("s", Of(4, "44"), false).has_value()) << "of one version again";
  const auto refused = store_.Put("s", Of(3, "3"), false);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::kConflict);
  EXPECT_EQ(store_.Find("s", true)->value().data, "44");
  ASSERT_TRUE(store_.Put("s", Of(3, "3"), true).has_value());
  EXPECT_EQ(store_.Find("s", true)->value().version, 3U);
}

TEST_F(SnapshotStoreTest, DeletingSaysWhetherThereWasOne) {
  ASSERT_TRUE(store_.Put("s", Of(3, "3"), false).has_value());
  EXPECT_TRUE(store_.Delete("s").value());
  EXPECT_FALSE(store_.Delete("s").value());
  EXPECT_FALSE(store_.Find("s", true)->has_value());
  EXPECT_TRUE(store_.Put("s", Of(1, "1"), false).has_value()) << "an older one is fine now";
}

TEST_F(SnapshotStoreTest, ATenantsSnapshotsHaveALimitThatDeletingGivesBack) {
  // As if the rest were of other streams.
  ASSERT_TRUE(store_.Put("s", Of(1, "12345"), false).has_value());
  const std::int64_t almost = SnapshotStore::kMostBytes - 5;
  ASSERT_TRUE(database_->Run("UPDATE stream_usage SET bytes=?1", {almost + 5}).has_value());
  EXPECT_EQ(store_.Put("t", Of(1, "1"), false).error().code, Errc::kConflict);
  EXPECT_TRUE(store_.Put("s", Of(2, "54321"), false).has_value()) << "it takes no more than before";
  ASSERT_TRUE(store_.Delete("s").value());
  EXPECT_TRUE(store_.Put("t", Of(1, "12345"), false).has_value());
  EXPECT_EQ(store_.Put("u", Of(1, "1"), false).error().code, Errc::kConflict);
}

TEST_F(SnapshotStoreTest, AnotherTenantFindsNothingAndCannotOpenARowThatWasMovedToIt) {
  ASSERT_TRUE(store_.Put("s", Of(3, "3"), false).has_value());
  const TenantHandle green = testing_support::TestTenant("green", "/data/green");
  SnapshotStore other(*database_, green, random_);
  EXPECT_FALSE(other.Find("s", false)->has_value())
      << "a stream's row is named by the tenant's key";
  ASSERT_TRUE(other.Put("s", Of(1, "1"), false).has_value());
  ASSERT_TRUE(database_
                  ->Run("UPDATE stream_snapshots SET data=(SELECT data FROM stream_snapshots WHERE "
                        "version=3) WHERE version=1")
                  .has_value());
  EXPECT_EQ(other.Find("s", true).error().code, Errc::kInternal);
}

TEST_F(SnapshotStoreTest, NeitherNameNorDataLiesInTheClear) {
  ASSERT_TRUE(store_.Put("secret-stream", Of(3, R"("secret-data")"), false).has_value());
  database_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find("secret-"), std::string::npos) << entry.path();
  }
}

TEST(SnapshotData, IsOneJsonDocument) {
  for (const char* good : {"{}", "1e400", "null", R"({"a":[1,2]} )"}) {
    EXPECT_TRUE(CheckSnapshotData(good).has_value()) << good;
  }
  for (const char* bad : {"", "{", "{} {}", "[1 2]", "tru", "\xff"}) {
    EXPECT_EQ(CheckSnapshotData(bad).error().code, Errc::kInvalidJson) << bad;
  }
  EXPECT_EQ(CheckSnapshotData(std::string(100, '[') + std::string(100, ']')).error().code,
            Errc::kJsonTooDeep);
}

}  // namespace
}  // namespace notify::agent::stream
