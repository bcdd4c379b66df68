#include "agent/store/tenant_database.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::store {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 1> kNoteSteps = {"CREATE TABLE note_lines(text TEXT)"};
constexpr std::array<std::string_view, 2> kNewerNoteSteps = {
    kNoteSteps[0], "ALTER TABLE note_lines ADD COLUMN author TEXT"};
constexpr std::array<std::string_view, 1> kPlanSteps = {"CREATE TABLE plan_days(day TEXT)"};
constexpr StageSchema kNotes{"note", kNoteSteps};
constexpr StageSchema kNewerNotes{"note", kNewerNoteSteps};
constexpr StageSchema kPlans{"plan", kPlanSteps};

class TenantDatabasesTest : public testing::Test {
 protected:
  TenantHandle Tenant(const std::string& name, std::uint64_t epoch = 1000) {
    const std::string folder = dir_.path() + "/" + name;
    std::filesystem::create_directories(folder);
    return testing_support::TenantHandleOf(testing_support::TenantRecordOf(name, folder, epoch));
  }
  void Write(const TenantHandle& tenant, std::string_view text) {
    auto database = databases_->Open(tenant, kNotes);
    ASSERT_TRUE(database) << database.error().detail;
    ASSERT_TRUE((*database)->Run("INSERT INTO note_lines(text) VALUES(?)", {text}));
  }
  std::int64_t Lines(const TenantHandle& tenant) {
    return *databases_->Open(tenant, kNotes)
                .value()
                ->Number("SELECT count(*) FROM note_lines")
                .value();
  }
  void Restart() {
    databases_ = std::make_unique<TenantDatabases>(clock_, "", TenantDatabases::Options{3, 60s});
  }

  testing_support::TempDir dir_;
  testing_support::FakeClock clock_;
  std::unique_ptr<TenantDatabases> databases_ =
      std::make_unique<TenantDatabases>(clock_, "", TenantDatabases::Options{3, 60s});
};

TEST_F(TenantDatabasesTest, WhatOneTenantWritesAnotherDoesNotSee) {
  Write(Tenant("blue"), "secret of blue");
  EXPECT_EQ(Lines(Tenant("blue")), 1);
  EXPECT_EQ(Lines(Tenant("green")), 0);
}

TEST_F(TenantDatabasesTest, KeepsWhatWasWrittenOverARestart) {
  Write(Tenant("blue"), "line");
  Restart();
  EXPECT_EQ(Lines(Tenant("blue")), 1);
}

TEST_F(TenantDatabasesTest, StagesKeepTheirOwnTablesInOneFile) {
  const auto blue = Tenant("blue");
  Write(blue, "line");
  ASSERT_TRUE(databases_->Open(blue, kPlans).value()->Run("INSERT INTO plan_days VALUES('Mon')"));
  Restart();
  ASSERT_TRUE(databases_->Open(blue, kPlans).value()->Run("INSERT INTO plan_days VALUES('Tue')"));
  EXPECT_EQ(databases_->open(), 1U);
}

TEST_F(TenantDatabasesTest, AppliesOnlyTheStepsThatAreMissing) {
  const auto blue = Tenant("blue");
  Write(blue, "line");
  Restart();
  auto database = databases_->Open(blue, kNewerNotes);
  ASSERT_TRUE(database);
  EXPECT_EQ(**(*database)->Number("SELECT count(*) FROM note_lines WHERE author IS NULL"), 1);
}

TEST_F(TenantDatabasesTest, AFileOfANewerAgentIsRefusedAndTheOthersGoOn) {
  ASSERT_TRUE(databases_->Open(Tenant("blue"), kNewerNotes));
  Restart();
  EXPECT_EQ(databases_->Open(Tenant("blue"), kNotes).error().code, Errc::kUnavailable);
  EXPECT_TRUE(databases_->Open(Tenant("green"), kNotes));
}

TEST_F(TenantDatabasesTest, ClosesTheOneUsedLongestAgo) {
  for (const char* name : {"a", "b", "c", "a", "d"}) Write(Tenant(name), "line");
  EXPECT_EQ(databases_->open(), 3U);
  EXPECT_EQ(Lines(Tenant("b")), 1);
}

TEST_F(TenantDatabasesTest, ClosesWhatNobodyUsedForAMinute) {
  Write(Tenant("blue"), "line");
  clock_.Advance(30s);
  Write(Tenant("green"), "line");
  clock_.Advance(30s);
  databases_->CloseIdle();
  EXPECT_EQ(databases_->open(), 1U);
  clock_.Advance(30s);
  databases_->CloseIdle();
  EXPECT_EQ(databases_->open(), 0U);
}

TEST_F(TenantDatabasesTest, AHandleOfADeletedTenantDoesNotReachItsSuccessor) {
  const auto former = Tenant("blue", 1000);
  Write(former, "line");
  databases_->Close(former);
  std::filesystem::remove_all(former.record().folder);
  EXPECT_EQ(databases_->Open(former, kNotes).error().code, Errc::kUnavailable);
  const auto later = Tenant("blue", 2000);
  EXPECT_EQ(Lines(later), 0);
  EXPECT_EQ(databases_->Open(former, kNotes).error().code, Errc::kNotFound);
  EXPECT_EQ(Lines(later), 0);
}

TEST_F(TenantDatabasesTest, AFileMovedToAnotherTenantIsRefused) {
  const auto blue = Tenant("blue");
  const auto green = Tenant("green");
  Write(blue, "line");
  databases_->Close(blue);
  std::filesystem::rename(blue.record().folder + "/state.db", green.record().folder + "/state.db");
  EXPECT_EQ(databases_->Open(green, kNotes).error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace notify::agent::store
