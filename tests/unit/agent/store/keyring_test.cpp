#include "agent/store/keyring.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/seeded_random.hpp"
#include "tests/support/sim/sim_disk.hpp"

namespace notify::agent::store {
namespace {

class KeyringTest : public testing::Test {
 protected:
  KeyringTest() {
    EXPECT_TRUE(disk_.MakeFolder("/data"));
    Restart();
  }
  ~KeyringTest() override { platform_.reset(); }

  void Restart() {
    platform_.reset();
    platform_ = Database::Open("/data/platform.db", {.vfs = disk_.SqliteVfs()}).value();
  }
  Result<Keyring> Open(const std::string& source = "file:/data/master.key") {
    return Keyring::Open(*platform_, *KeySource::Parse(source), disk_, random_);
  }
  std::string Refusal(const std::string& source) {
    auto opened = Open(source);
    if (opened) return "opened";
    EXPECT_EQ(opened.error().code, Errc::kInvalidConfig);
    return opened.error().detail;
  }

  testing_support::sim::SimDisk disk_;
  testing_support::SeededRandom random_;
  std::unique_ptr<Database> platform_;
};

TEST_F(KeyringTest, FirstStartMakesAKeyAndLaterOnesReadIt) {
  auto first = Open();
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_TRUE(first->created());
  EXPECT_EQ(disk_.ReadAll("/data/master.key", 100).value().size(), 32U);
  Restart();
  auto second = Open();
  EXPECT_FALSE(second->created());
  EXPECT_EQ(second->master_id(), first->master_id());
}

TEST_F(KeyringTest, TheKeySurvivesAPowerCutAfterTheFirstStart) {
  const std::string id = Open().value().master_id();
  platform_.reset();
  disk_.PowerCut(7);
  Restart();
  EXPECT_EQ(Open().value().master_id(), id);
}

TEST_F(KeyringTest, AnotherKeyIsRefusedAndTheNeededOneNamed) {
  const std::string id = Open().value().master_id();
  ASSERT_TRUE(disk_.WriteDurably("/data/other.key", std::string(32, 'x')));
  const std::string refusal = Refusal("file:/data/other.key");
  EXPECT_NE(refusal.find("master key " + id), std::string::npos) << refusal;
}

TEST_F(KeyringTest, ALostKeyIsNeverReplaced) {
  const std::string id = Open().value().master_id();
  ASSERT_TRUE(disk_.Remove("/data/master.key"));
  EXPECT_NE(Refusal("file:/data/master.key").find(id), std::string::npos);
  EXPECT_FALSE(disk_.Exists("/data/master.key"));
}

TEST_F(KeyringTest, AKeyOfTheWrongLengthIsRefused) {
  ASSERT_TRUE(disk_.WriteDurably("/data/master.key", "short"));
  EXPECT_NE(Refusal("file:/data/master.key").find("is not 32 bytes"), std::string::npos);
}

TEST_F(KeyringTest, ReadsTheKeyFromTheEnvironmentAsBase64) {
  ::setenv("KEYRING_TEST_KEY", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=", 1);
  auto opened = Open("env:KEYRING_TEST_KEY");
  ::unsetenv("KEYRING_TEST_KEY");
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_NE(Refusal("env:KEYRING_TEST_KEY").find("is not set"), std::string::npos);
}

TEST_F(KeyringTest, TheSameKeyInAnyFormIsTheSameKey) {
  ASSERT_TRUE(disk_.WriteDurably("/data/raw", std::string(32, 'k')));
  const std::string id = Open("file:/data/raw").value().master_id();
  const std::string hex = "printf '%064d' 0 | sed s/00/6b/g";
  EXPECT_EQ(Open("command:" + hex).value().master_id(), id);
  EXPECT_EQ(Open("command:head -c 32 /dev/zero | tr '\\0' k").value().master_id(), id);
}

TEST_F(KeyringTest, ACommandThatFailsIsRefused) {
  EXPECT_NE(Refusal("command:false").find("failed"), std::string::npos);
}

TEST_F(KeyringTest, ReadsACredentialOfTheServiceManager) {
  ::setenv("CREDENTIALS_DIRECTORY", "/data", 1);
  ASSERT_TRUE(disk_.WriteDurably("/data/notifyd-key", std::string(32, 'k')));
  EXPECT_TRUE(Open("credential:notifyd-key"));
  EXPECT_NE(Refusal("credential:missing").find("/data/missing"), std::string::npos);
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

class KeyWrapTest : public testing::Test {
 protected:
  static KeyName Name(const char* tenant, std::string_view purpose = "data",
                      std::uint32_t version = 1) {
    return {TenantId::Parse(tenant).value(), purpose, version};
  }

  testing_support::SeededRandom random_;
  KeyWrap wrap_{Secret(std::string(32, 'm'))};
  const Secret key_{NewKey(random_)};
  const std::string wrapped_ = wrap_.Wrap(random_, Name("blue"), key_);
};

TEST_F(KeyWrapTest, UnwrapsWhatItWrapped) {
  EXPECT_TRUE(wrap_.Unwrap(Name("blue"), wrapped_).value().Equals(key_.Reveal()));
  EXPECT_EQ(wrapped_.find(key_.Reveal()), std::string::npos);
}

TEST_F(KeyWrapTest, AKeyMovedToAnotherTenantUseOrVersionIsRefused) {
  EXPECT_FALSE(wrap_.Unwrap(Name("green"), wrapped_));
  EXPECT_FALSE(wrap_.Unwrap(Name("blue", "token"), wrapped_));
  EXPECT_FALSE(wrap_.Unwrap(Name("blue", "data", 2), wrapped_));
}

TEST_F(KeyWrapTest, AChangedKeyOrAnotherMasterIsRefused) {
  std::string changed = wrapped_;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_FALSE(wrap_.Unwrap(Name("blue"), changed));
  EXPECT_FALSE(wrap_.Unwrap(Name("blue"), ""));
  KeyWrap other(Secret(std::string(32, 'n')));
  EXPECT_EQ(other.Unwrap(Name("blue"), wrapped_).error().code, Errc::kInvalidArgument);
}

}  // namespace
}  // namespace notify::agent::store
