#include "agent/backup/manifest.hpp"

#include <gtest/gtest.h>

namespace notify::agent::backup {
namespace {

TEST(BackupManifest, IsReadAsItWasWritten) {
  const Manifest written{"1.2.3",
                         "2026-11-28T00:00:00Z",
                         "0123456789abcdef",
                         {*TenantId::Parse("blue"), *TenantId::Parse("green")}};
  const auto read = ParseManifest(ToJson(written));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->version, written.version);
  EXPECT_EQ(read->created_at, written.created_at);
  EXPECT_EQ(read->master_key_id, written.master_key_id);
  EXPECT_EQ(read->tenants, written.tenants);
}

TEST(BackupManifest, OfANewerAgentIsRefusedByItsVersion) {
  const auto read = ParseManifest(R"({"format":9,"oldestReader":9,"version":"9.0","tenants":[]})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::kUnavailable);
  EXPECT_NE(read.error().detail.find("9.0"), std::string::npos);
}

TEST(BackupManifest, IsNothingElse) {
  for (const std::string_view text :
       {"", "[]", "{}", R"({"format":1})", R"({"format":1,"tenants":["../x"]})",
        R"({"format":1,"tenants":[1]})", R"({"format":"1","tenants":[]})"}) {
    EXPECT_EQ(ParseManifest(text).error().code, Errc::kInvalidArgument) << text;
  }
}

TEST(BackupMembers, HaveTheNamesOfADataFolder) {
  for (const std::string_view file : {"state.db", "log/index.db", "log/00000001.seg"}) {
    const auto tenant = TenantOfMember(MemberName(*TenantId::Parse("blue"), file));
    ASSERT_TRUE(tenant) << file;
    EXPECT_EQ(tenant->text(), "blue");
  }
}

TEST(BackupMembers, LieNowhereElse) {
  for (const std::string_view name :
       {"", "x", "tenants/", "tenants/blue", "tenants/blue/", "tenants/blue/master.key",
        "tenants/../state.db", "tenants/blue/../../etc", "tenants/blue/log/../state.db",
        "tenants/blue/log/1.seg", "tenants/blue/log/0000000a.seg", "tenants/BLUE/state.db",
        "/tenants/blue/state.db", "tenants/blue/log/state.db"}) {
    EXPECT_FALSE(TenantOfMember(name)) << name;
  }
}

}  // namespace
}  // namespace notify::agent::backup
