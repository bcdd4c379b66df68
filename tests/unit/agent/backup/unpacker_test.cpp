#include "agent/backup/unpacker.hpp"

#include <gtest/gtest.h>

#include "tests/support/sim/sim_disk.hpp"

namespace notify::agent::backup {
namespace {

class UnpackerTest : public testing::Test {
 protected:
  UnpackerTest() { disk_.SyncAll(); }

  static Status Put(Unpacker& unpacker, const std::string& name, std::string_view content) {
    if (auto begun = unpacker.Begin({name, content.size()}); !begun) return begun;
    if (auto taken = unpacker.Data(content); !taken) return taken;
    return unpacker.End();
  }
  static Status PutManifest(Unpacker& unpacker) {
    return Put(unpacker, std::string(kManifestName),
               ToJson({"1", "2026", "0123", {*TenantId::Parse("blue")}}));
  }
  std::string Read(const std::string& name) {
    return disk_.ReadAll("/new/" + name, 1 << 20).value_or("(nothing)");
  }

  testing_support::sim::SimDisk disk_{1};
};

TEST_F(UnpackerTest, WhatItFinishedIsThereAfterAPowerCut) {
  Unpacker unpacker(disk_, "/new");
  ASSERT_TRUE(PutManifest(unpacker));
  ASSERT_TRUE(Put(unpacker, "platform.db", "platform"));
  ASSERT_TRUE(Put(unpacker, "tenants/blue/state.db", "state"));
  std::string segment(3 << 20, 'x');
  for (std::size_t i = 0; i < segment.size(); i += 1000)
    segment[i] = static_cast<char>('a' + i % 26);
  ASSERT_TRUE(unpacker.Begin({"tenants/blue/log/00000001.seg", segment.size()}));
  for (std::size_t at = 0; at < segment.size(); at += 300'000) {
    ASSERT_TRUE(unpacker.Data(std::string_view(segment).substr(at, 300'000)));
  }
  ASSERT_TRUE(unpacker.End());
  ASSERT_TRUE(unpacker.Finish());
  disk_.PowerCut(7);
  EXPECT_EQ(Read("platform.db"), "platform");
  EXPECT_EQ(Read("tenants/blue/state.db"), "state");
  EXPECT_EQ(disk_.ReadAll("/new/tenants/blue/log/00000001.seg", 4 << 20).value_or(""), segment);
  EXPECT_EQ(unpacker.tenants().size(), 1U);
}

TEST_F(UnpackerTest, NeverWritesOutsideItsFolder) {
  Unpacker unpacker(disk_, "/new");
  ASSERT_TRUE(PutManifest(unpacker));
  EXPECT_FALSE(unpacker.Begin({"../escape", 1}));
  EXPECT_FALSE(unpacker.Begin({"tenants/../../escape", 1}));
  EXPECT_FALSE(unpacker.Begin({"/escape", 1}));
}

TEST_F(UnpackerTest, WantsTheManifestFirstAndOnce) {
  Unpacker without(disk_, "/new");
  EXPECT_FALSE(without.Begin({"platform.db", 1}));
  Unpacker twice(disk_, "/new");
  ASSERT_TRUE(PutManifest(twice));
  EXPECT_FALSE(PutManifest(twice));
}

TEST_F(UnpackerTest, IsNotFinishedWithoutThePlatform) {
  Unpacker unpacker(disk_, "/new");
  ASSERT_TRUE(PutManifest(unpacker));
  ASSERT_TRUE(Put(unpacker, "tenants/blue/state.db", "state"));
  EXPECT_FALSE(unpacker.Finish());
}

}  // namespace
}  // namespace notify::agent::backup
