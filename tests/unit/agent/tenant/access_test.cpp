#include "agent/tenant/access.hpp"

#include <gtest/gtest.h>

#include "agent/tenant/handle_issuer.hpp"
#include "tests/support/recording_audit.hpp"
#include "tests/unit/agent/tenant/platform.hpp"

namespace notify::agent::tenant {
namespace {

using namespace std::chrono_literals;

class AccessTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(platform_.Create("blue"));
    ASSERT_TRUE(platform_.Create("green"));
  }
  TenantHandle Tenant(const char* name) {
    return HandleIssuer::ForPlatform(platform_.Find(name), "test.open", audit_);
  }
  Result<NewKey> MakeKey(const char* name, RoleSet roles, RoleSet granter = Role::kTenantAdmin) {
    KeyDraft draft;
    draft.name = "backend";
    draft.roles = roles;
    draft.granter = granter;
    return platform_.runtime->Run(platform_.access->CreateKey(Tenant(name), std::move(draft)));
  }
  Result<MintedToken> MakeToken(const char* name, std::string user, std::int64_t ttl = 3600) {
    TokenDraft draft;
    draft.user = std::move(user);
    draft.ttl_seconds = ttl;
    return platform_.runtime->Run(
        platform_.access->CreateToken(Tenant(name), std::move(draft), Role::kTenantAdmin));
  }
  Result<Principal> Ask(std::string_view credential) {
    const std::string header = "Bearer " + std::string(credential);
    auth::Credentials credentials;
    credentials.authorization = header;
    return platform_.authenticator->Authenticate(credentials, *platform_.directory->OfIo(1));
  }
  /// Whose the credential is: `key:… of blue`, or the code of the refusal.
  std::string Who(std::string_view credential) {
    auto principal = Ask(credential);
    if (!principal) return std::string(Describe(principal.error().code).name);
    return principal->actor() + " of " +
           (principal->tenant() ? principal->tenant()->text() : "the platform");
  }
  void Wait(Clock::Duration time) { platform_.runtime->RunFor(time); }

  Platform platform_;
  testing_support::RecordingAudit audit_;
};

TEST_F(AccessTest, AKeyIsGoodOnAllThreadsWhenItIsAnswered) {
  auto made = MakeKey("blue", Role::kPublisher);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_TRUE(made->key.Reveal().starts_with("nk_blue-"));
  EXPECT_EQ(Who(made->key.Reveal()), "key:" + made->row.id + " of blue");
}

TEST_F(AccessTest, KeysAreStoredAsDigestsOnly) {
  auto made = MakeKey("blue", Role::kPublisher);
  const std::string wal = platform_.disk.ReadAll("/data/platform.db-wal", 1 << 24).value();
  const std::string file = platform_.disk.ReadAll("/data/platform.db", 1 << 24).value();
  const auto secret = made->key.Reveal().substr(made->key.Reveal().size() - 43);
  EXPECT_EQ((file + wal).find(secret), std::string::npos);
  EXPECT_NE((file + wal).find(made->row.digest), std::string::npos);
}

TEST_F(AccessTest, ARevokedKeyIsRefusedAtOnceAndStillListed) {
  auto made = MakeKey("blue", Role::kPublisher);
  ASSERT_TRUE(platform_.runtime->Run(platform_.access->RevokeKey(Tenant("blue"), made->row.id)));
  EXPECT_EQ(Who(made->key.Reveal()), "token_invalid");
  const auto listed = platform_.runtime->Run(platform_.access->ListKeys(Tenant("blue"), "", 10));
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_TRUE(listed->front().revoked_ms.has_value());
}

TEST_F(AccessTest, OneTenantNeitherSeesNorRevokesAnothersKeys) {
  auto made = MakeKey("blue", Role::kPublisher);
  EXPECT_TRUE(platform_.runtime->Run(platform_.access->ListKeys(Tenant("green"), "", 10))->empty());
  const auto revoked =
      platform_.runtime->Run(platform_.access->RevokeKey(Tenant("green"), made->row.id));
  EXPECT_EQ(revoked.error().code, Errc::kNotFound);
  EXPECT_EQ(Who(made->key.Reveal()), "key:" + made->row.id + " of blue");
}

TEST_F(AccessTest, NobodyGivesMoreThanHeHas) {
  EXPECT_EQ(MakeKey("blue", Role::kPlatformAdmin).error().code, Errc::kForbidden);
  EXPECT_EQ(MakeKey("blue", Role::kViewer, Role::kPublisher).error().code, Errc::kForbidden);
  EXPECT_EQ(MakeKey("blue", {}).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(MakeKey("blue", Role::kPlatformAdmin, Role::kPlatformAdmin).error().code,
            Errc::kInvalidArgument);
}

TEST_F(AccessTest, ATokenSpeaksForItsUserUntilItExpires) {
  auto made = MakeToken("blue", "alice", 60);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(Who(made->token), "user:alice of blue");
  EXPECT_TRUE(Ask(made->token)->Is(Role::kSubscriber));
  Wait(60s);
  EXPECT_EQ(Who(made->token), "token_expired");
}

TEST_F(AccessTest, TokensOutliveARestart) {
  const std::string token = MakeToken("blue", "alice").value().token;
  platform_.PowerCut();
  EXPECT_EQ(Who(token), "user:alice of blue");
}

TEST_F(AccessTest, RevokingAUserRefusesOldTokensAndTakesNewOnes) {
  const std::string alice = MakeToken("blue", "alice").value().token;
  const std::string bob = MakeToken("blue", "bob").value().token;
  const std::string green = MakeToken("green", "alice").value().token;
  EXPECT_EQ(Who(alice), "user:alice of blue");
  ASSERT_TRUE(platform_.runtime->Run(platform_.access->RevokeUser(Tenant("blue"), "alice")));
  EXPECT_EQ(Who(alice), "token_invalid");
  EXPECT_EQ(Who(bob), "user:bob of blue");
  EXPECT_EQ(Who(green), "user:alice of green");
  EXPECT_EQ(Who(MakeToken("blue", "alice").value().token), "user:alice of blue");
}

TEST_F(AccessTest, ARevocationOutlivesAPowerCut) {
  const std::string token = MakeToken("blue", "alice").value().token;
  ASSERT_TRUE(platform_.runtime->Run(platform_.access->RevokeUser(Tenant("blue"), "alice")));
  platform_.PowerCut();
  EXPECT_EQ(Who(token), "token_invalid");
}

TEST_F(AccessTest, ATokenHasAUserAndAtMostADay) {
  EXPECT_EQ(MakeToken("blue", "").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(MakeToken("blue", "a\nb").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(MakeToken("blue", "alice", 86'401).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(MakeToken("blue", "alice", 0).error().code, Errc::kInvalidArgument);
}

TEST_F(AccessTest, CredentialsOfADeletedTenantAreDeadAlsoWhenItIsMadeAgain) {
  const std::string key(MakeKey("blue", Role::kPublisher).value().key.Reveal());
  const std::string token = MakeToken("blue", "alice").value().token;
  EXPECT_EQ(Who(token), "user:alice of blue");
  ASSERT_TRUE(platform_.Delete("blue"));
  EXPECT_EQ(Who(key), "token_invalid");
  EXPECT_EQ(Who(token), "token_invalid");
  ASSERT_TRUE(platform_.Create("blue"));
  EXPECT_EQ(Who(key), "token_invalid");
  EXPECT_EQ(Who(token), "token_invalid");
}

TEST_F(AccessTest, TheFirstStartWritesTheAdminKeyAndLaterOnesDoNot) {
  EXPECT_TRUE(platform_.runtime->Run(platform_.access->EnsureAdminKey()).value());
  std::string line = platform_.disk.ReadAll("/data/admin.key", 100).value();
  EXPECT_TRUE(line.starts_with("nk_platform_"));
  line.pop_back();
  EXPECT_EQ(Who(line), "key:platform of the platform");
  EXPECT_TRUE(Ask(line)->Is(Role::kPlatformAdmin));
  EXPECT_FALSE(platform_.runtime->Run(platform_.access->EnsureAdminKey()).value());
  platform_.PowerCut();
  EXPECT_EQ(Who(line), "key:platform of the platform");
}

class HandleIssuerTest : public AccessTest {
 protected:
  Result<TenantHandle> Open(const Principal& principal, const char* name) {
    return HandleIssuer::ForRequest(*platform_.directory->OfIo(0), principal, Platform::Id(name));
  }
  Principal BluesUser() { return Ask(MakeToken("blue", "alice").value().token).value(); }
  Principal Admin() {
    EXPECT_TRUE(platform_.runtime->Run(platform_.access->EnsureAdminKey()));
    std::string line = platform_.disk.ReadAll("/data/admin.key", 100).value();
    line.pop_back();
    return Ask(line).value();
  }
};

TEST_F(HandleIssuerTest, ACredentialReachesItsOwnTenantOnly) {
  const Principal alice = BluesUser();
  EXPECT_EQ(Open(alice, "blue")->id(), Platform::Id("blue"));
  EXPECT_EQ(Open(alice, "green").error().code, Errc::kTenantMismatch);
  EXPECT_EQ(Open(alice, "nobody").error().code, Errc::kTenantMismatch);
}

TEST_F(HandleIssuerTest, OnlyThePlatformIsToldThatATenantIsNotThere) {
  const Principal admin = Admin();
  EXPECT_EQ(Open(admin, "green")->id(), Platform::Id("green"));
  EXPECT_EQ(Open(admin, "nobody").error().code, Errc::kTenantNotFound);
}

TEST_F(HandleIssuerTest, ASuspendedTenantIsOpenToThePlatformOnly) {
  const Principal alice = BluesUser();
  ASSERT_TRUE(platform_.runtime->Run(platform_.registry->Suspend(Platform::Id("blue"))));
  EXPECT_EQ(Open(alice, "blue").error().code, Errc::kTenantSuspended);
  EXPECT_TRUE(Open(Admin(), "blue"));
}

TEST_F(HandleIssuerTest, ThePlatformsOwnWorkIsAuditedWithItsReason) {
  HandleIssuer::ForPlatform(platform_.Find("blue"), "delivery.resume", audit_);
  ASSERT_EQ(audit_.platform.size(), 1U);
  EXPECT_EQ(audit_.platform[0].action, "delivery.resume");
  EXPECT_EQ(audit_.platform[0].tenant, "blue");
}

}  // namespace
}  // namespace notify::agent::tenant
