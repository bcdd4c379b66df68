#include "agent/tenant/platform_store.hpp"

#include <gtest/gtest.h>

#include "tests/support/tenants.hpp"

namespace notify::agent::tenant {
namespace {

class PlatformStoreTest : public testing::Test {
 protected:
  PlatformStoreTest() {
    database_ = store::Database::Open(":memory:", {}).value();
    store_ = PlatformStore::Open(*database_).value();
  }
  static TenantId Id(const char* name) { return TenantId::Parse(name).value(); }
  static TenantHandle Handle(const char* name) {
    return testing_support::TenantHandleOf(testing_support::TenantRecordOf(name));
  }
  std::uint64_t Epoch(std::int64_t now_ms) { return store_->NextEpoch(now_ms).value().value; }

  std::unique_ptr<store::Database> database_;
  std::unique_ptr<PlatformStore> store_;
};

TEST_F(PlatformStoreTest, AnEpochIsTheTimeRaisedAboveEveryEarlierOne) {
  EXPECT_EQ(Epoch(5000), 5000U);
  EXPECT_EQ(Epoch(5000), 5001U);
  EXPECT_EQ(Epoch(1000), 5002U);
  EXPECT_EQ(Epoch(9000), 9000U);
}

TEST_F(PlatformStoreTest, ATenantIsInsertedOnce) {
  TenantRow row;
  row.id = Id("blue");
  ASSERT_TRUE(store_->Insert(row));
  EXPECT_EQ(store_->Insert(row).error().code, Errc::kConflict);
}

TEST_F(PlatformStoreTest, RolesAndOwnersOfKeysComeBackAsTheyWere) {
  KeyRow row;
  row.id = "blue-1";
  row.tenant = Id("blue");
  row.roles = Role::kViewer;
  row.roles.Add(Role::kPublisher);
  row.digest = std::string(32, 'd');
  ASSERT_TRUE(store_->InsertKey(row));
  const auto keys = store_->ValidKeys().value();
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].tenant, Id("blue"));
  EXPECT_EQ(keys[0].roles, row.roles);
}

TEST_F(PlatformStoreTest, KeysAreListedInPages) {
  for (const char* id : {"a", "b", "c"}) {
    KeyRow row;
    row.id = id;
    row.roles = Role::kPlatformAdmin;
    row.digest = id;
    ASSERT_TRUE(store_->InsertKey(row));
  }
  EXPECT_EQ(store_->Keys(std::nullopt, "", 2)->back().id, "b");
  EXPECT_EQ(store_->Keys(std::nullopt, "b", 2)->size(), 1U);
}

TEST_F(PlatformStoreTest, UnfinishedWorkIsASetOfTenants) {
  store_->Add(Handle("green"));
  store_->Add(Handle("blue"));
  store_->Add(Handle("blue"));
  EXPECT_EQ(store_->Unfinished().value(), (std::vector{Id("blue"), Id("green")}));
  store_->Remove(Handle("blue"));
  EXPECT_EQ(store_->Unfinished().value(), std::vector{Id("green")});
}

TEST_F(PlatformStoreTest, ATenantThatIsDeletedTakesItsRowsWithIt) {
  TenantRow tenant;
  tenant.id = Id("blue");
  tenant.wrapped_data_key = "wrapped";
  ASSERT_TRUE(store_->Insert(tenant));
  ASSERT_TRUE(store_->RevokeUser(Id("blue"), "alice", 5));
  store_->Add(Handle("blue"));
  ASSERT_TRUE(store_->DestroyKeys(Id("blue")));
  EXPECT_EQ(store_->Tenant(Id("blue")).value()->wrapped_data_key, "");
  EXPECT_EQ(store_->Tenant(Id("blue")).value()->state, TenantState::kDeleting);
  EXPECT_TRUE(store_->RevokedUsers()->empty());
  EXPECT_TRUE(store_->Unfinished()->empty());
}

TEST_F(PlatformStoreTest, ARevocationIsNeverTakenBackByAnEarlierOne) {
  ASSERT_TRUE(store_->RevokeUser(Id("blue"), "alice", 9));
  ASSERT_TRUE(store_->RevokeUser(Id("blue"), "alice", 5));
  EXPECT_EQ(store_->RevokedUsers()->at(Id("blue")).at("alice"), 9);
}

}  // namespace
}  // namespace notify::agent::tenant
