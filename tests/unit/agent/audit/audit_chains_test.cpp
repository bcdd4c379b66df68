#include "agent/audit/audit_chains.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::audit {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class AuditChainsTest : public testing::Test {
 protected:
  AuditChainsTest() { Start(); }
  ~AuditChainsTest() override { Stop(); }

  void Start() {
    for (const char* folder : {"/data", "/data/blue", "/data/green"}) {
      EXPECT_TRUE(disk_.MakeFolder(folder));
      EXPECT_TRUE(disk_.SyncFolder(folder));
    }
    EXPECT_TRUE(disk_.SyncFolder("/"));
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{}, disk_);
    const std::string vfs = runtime_->files().SqliteVfs();
    platform_ = store::Database::Open("/data/platform.db", {.vfs = vfs}).value();
    databases_ = std::make_unique<store::TenantDatabases>(runtime_->clock(), vfs,
                                                          store::TenantDatabases::Options{});
    chains_ = AuditChains::Make(*runtime_, *platform_, *databases_, {.most_waiting = 100}).value();
  }
  void Stop() {
    chains_.reset();
    databases_.reset();
    platform_.reset();
    runtime_.reset();
  }
  void PowerCut() {
    runtime_->Crash();
    Stop();
    disk_.PowerCut(3);
    Start();
  }

  TenantHandle Tenant(const std::string& name) {
    return testing_support::TenantHandleOf(testing_support::TenantRecordOf(name, "/data/" + name));
  }
  static AuditEntry Entry(const char* action, const char* result, const char* target = "") {
    AuditEntry entry;
    entry.actor = "user:alice";
    entry.action = action;
    entry.target = target;
    entry.result = result;
    return entry;
  }
  void Refuse(const char* tenant, const char* target = "tenant::green") {
    chains_->Record(Tenant(tenant), Entry("hub.join", "refused", target));
  }
  void Grant(const char* tenant) {
    chains_->Record(Tenant(tenant), Entry("key.create", "granted"));
  }
  std::vector<AuditRecord> List(const char* tenant) {
    return runtime_->Run(chains_->List(Tenant(tenant), {})).value().records;
  }
  /// How many records a tenant has on disk, without writing any.
  std::int64_t Written(const char* tenant) {
    auto database = databases_->Open(Tenant(tenant), ChainSchema());
    return (*database)->Number("SELECT count(*) FROM audit_records").value().value();
  }

  testing_support::sim::SimDisk disk_;
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<store::Database> platform_;
  std::unique_ptr<store::TenantDatabases> databases_;
  std::unique_ptr<AuditChains> chains_;
};

TEST_F(AuditChainsTest, WhatWasGrantedIsWrittenAtOnce) {
  Grant("blue");
  runtime_->RunFor(50ms);
  EXPECT_EQ(Written("blue"), 1);
  PowerCut();
  EXPECT_EQ(Written("blue"), 1);
}

TEST_F(AuditChainsTest, EqualRefusalsWithinTenSecondsAreOneRecordWithACount) {
  for (int i = 0; i < 50; ++i) {
    Refuse("blue");
    runtime_->RunFor(100ms);
  }
  EXPECT_EQ(Written("blue"), 0);
  runtime_->RunFor(6s);
  EXPECT_EQ(Written("blue"), 1);
  const auto records = List("blue");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_THAT(records[0].json, HasSubstr("\"count\":50"));
  EXPECT_THAT(records[0].json, HasSubstr("\"time\":\"2026-01-01T01:00:00.000Z\""));
}

TEST_F(AuditChainsTest, WhatIsGrantedAndCountedIsOneRecordWithACountAsWell) {
  AuditEntry entry = Entry("connection.open", "granted");
  entry.counted = true;
  for (int i = 0; i < 50; ++i) chains_->Record(Tenant("blue"), entry);
  runtime_->RunFor(std::chrono::seconds(9));
  EXPECT_EQ(Written("blue"), 0);
  runtime_->RunFor(std::chrono::seconds(2));
  EXPECT_EQ(Written("blue"), 1);
  const auto records = List("blue");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_NE(records[0].json.find(R"("count":50)"), std::string::npos) << records[0].json;
}

TEST_F(AuditChainsTest, ARefusalAfterTheWindowIsAnotherRecord) {
  Refuse("blue");
  runtime_->RunFor(10100ms);
  Refuse("blue");
  EXPECT_EQ(List("blue").size(), 2U);
}

TEST_F(AuditChainsTest, DifferentRefusalsAreDifferentRecords) {
  Refuse("blue", "tenant::green");
  Refuse("blue", "tenant::red");
  chains_->RecordPlatform(Entry("hub.join", "refused", "tenant::green"));
  EXPECT_EQ(List("blue").size(), 2U);
}

TEST_F(AuditChainsTest, ReadersSeeARefusalAtOnce) {
  Refuse("blue");
  EXPECT_EQ(List("blue").size(), 1U);
}

TEST_F(AuditChainsTest, StoppingWritesWhatStillWaits) {
  for (int i = 0; i < 7; ++i) Refuse("blue");
  runtime_->Run(chains_->Stop());
  PowerCut();
  EXPECT_THAT(List("blue").at(0).json, HasSubstr("\"count\":7"));
}

TEST_F(AuditChainsTest, OneTenantsRecordsAreNotInAnothersChain) {
  Grant("blue");
  Refuse("blue");
  EXPECT_EQ(List("green").size(), 0U);
  EXPECT_EQ(runtime_->Run(chains_->ListPlatform({}))->records.size(), 0U);
  EXPECT_EQ(List("blue").size(), 2U);
}

TEST_F(AuditChainsTest, ABrokenChainOfOneTenantLeavesTheOtherWhole) {
  Grant("blue");
  Grant("green");
  ASSERT_EQ(runtime_->Run(chains_->Verify(Tenant("blue")))->records, 1);
  auto database = databases_->Open(Tenant("blue"), ChainSchema());
  ASSERT_TRUE((*database)->Run("UPDATE audit_records SET hash='no'"));
  EXPECT_EQ(runtime_->Run(chains_->Verify(Tenant("blue")))->broken_at, 1);
  EXPECT_FALSE(runtime_->Run(chains_->Verify(Tenant("green")))->broken_at);
}

TEST_F(AuditChainsTest, AllChainsMergeByTimePageByPage) {
  for (int i = 0; i < 6; ++i) {
    if (i % 3 == 0) Grant("blue");
    if (i % 3 == 1) Grant("green");
    if (i % 3 == 2) chains_->RecordPlatform(Entry("tenant.create", "granted"));
    runtime_->RunFor(1s);
  }
  std::vector<std::string> order;
  AuditFilter filter;
  filter.limit = 4;
  do {
    auto page = runtime_->Run(chains_->ListAll({Tenant("blue"), Tenant("green")}, filter));
    ASSERT_TRUE(page);
    for (const auto& record : page->records) order.push_back(record.chain);
    filter.cursor = page->next;
  } while (!filter.cursor.empty());
  EXPECT_EQ(order, (std::vector<std::string>{"blue", "green", "", "blue", "green", ""}));
}

TEST_F(AuditChainsTest, PagesNeitherRepeatNorMissRecordsOfTheSameMoment) {
  for (int i = 0; i < 5; ++i) {
    Grant("blue");
    Grant("green");
    chains_->RecordPlatform(Entry("tenant.create", "granted"));
  }
  std::set<std::string> seen;
  AuditFilter filter;
  filter.limit = 2;
  do {
    auto page = runtime_->Run(chains_->ListAll({Tenant("blue"), Tenant("green")}, filter));
    for (const auto& record : page->records) EXPECT_TRUE(seen.insert(CursorOf(record)).second);
    filter.cursor = page->next;
  } while (!filter.cursor.empty());
  EXPECT_EQ(seen.size(), 15U);
}

TEST_F(AuditChainsTest, TooManyAtOnceAreCountedAsLostAndTheRestIsKept) {
  for (int i = 0; i < 150; ++i) Grant("blue");
  EXPECT_EQ(chains_->lost(), 50U);
  EXPECT_EQ(runtime_->Run(chains_->Verify(Tenant("blue")))->records, 100);
}

TEST_F(AuditChainsTest, ADeletedTenantsRecordsAreLetGo) {
  Refuse("blue");
  Refuse("green");
  runtime_->RunUntilIdle();
  auto record = testing_support::TenantRecordOf("blue", "/data/blue");
  record.state = TenantState::kDeleting;
  runtime_->Run(chains_->LetGo(testing_support::TenantHandleOf(record)));
  EXPECT_EQ(Written("blue"), 0);
  EXPECT_EQ(Written("green"), 1);
}

}  // namespace
}  // namespace notify::agent::audit
