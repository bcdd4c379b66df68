#include "agent/auth/authenticator.hpp"

#include <gtest/gtest.h>

#include "agent/auth/api_key.hpp"
#include "agent/auth/mint.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/sim/sim_disk.hpp"
#include "tests/support/tenants.hpp"
#include "tests/unit/agent/auth/forge.hpp"

namespace notify::agent::auth {
namespace {

using namespace std::chrono_literals;
using testing_support::TenantHandleOf;
using testing_support::TenantRecordOf;

constexpr std::uint32_t kOwnUid = 1000;

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() {
    EXPECT_TRUE(disk_.MakeFolder("/etc"));
    EXPECT_TRUE(disk_.WriteDurably("/etc/issuer.pem", pair_.Pem()));
    AddTenant("blue");
    AddTenant("green");
    UseIssuer({"blue"});
  }
  void AddTenant(const char* name, std::uint64_t epoch = 1) {
    std::erase_if(contents_.tenants, [name](const auto& t) { return t->id.text() == name; });
    contents_.tenants.push_back(
        std::make_shared<const TenantRecord>(TenantRecordOf(name, "", epoch)));
    Publish();
  }
  void Publish() { directory_ = std::make_unique<Directory>(contents_); }
  /// The external issuer may speak for these; none: for all.
  void UseIssuer(std::vector<const char*> tenants) {
    IssuerConfig config;
    config.issuer = "https://login.example.com";
    config.audience = "notify";
    config.algorithms = {JwtAlgorithm::kRs256};
    config.key = *KeySource::Parse("file:/etc/issuer.pem");
    config.tenants.all = tenants.empty();
    for (const char* name : tenants)
      config.tenants.tenants.push_back(TenantId::Parse(name).value());
    issuers_ = Issuers::Load({config}, disk_).value();
    authenticator_ = std::make_unique<Authenticator>(issuers_, clock_, kOwnUid);
  }

  std::string Key(const char* id, std::optional<const char*> tenant, RoleSet roles) {
    const Secret key = NewApiKey(id, random_);
    ApiKeyRecord record;
    record.id = id;
    if (tenant) record.tenant = TenantId::Parse(*tenant).value();
    record.roles = roles;
    record.digest = ApiKeyDigest(key.Reveal());
    contents_.keys.push_back(std::move(record));
    Publish();
    return std::string(key.Reveal());
  }
  std::string Token(const char* tenant, RoleSet roles = Role::kSubscriber) {
    TokenDraft draft;
    draft.user = "alice";
    draft.roles = roles;
    return mint_.NewToken(TenantHandleOf(TenantRecordOf(tenant, "", 1)), draft).value().token;
  }
  /// A token of the external issuer, with more claims: `"tenant":"blue"`.
  std::string External(const std::string& claims) {
    const auto exp = std::chrono::floor<std::chrono::seconds>(clock_.WallNow() + 1h);
    const std::string header = R"({"alg":"RS256"})";
    const std::string body =
        R"({"iss":"https://login.example.com","aud":"notify","sub":"eve","exp":)" +
        std::to_string(exp.time_since_epoch().count()) + (claims.empty() ? "" : "," + claims) + "}";
    return Forge(header, body, pair_.Sign(Unsigned(header, body)));
  }

  Result<Principal> Ask(const std::string& credential) {
    const std::string header = "Bearer " + credential;
    Credentials credentials;
    credentials.authorization = header;
    return authenticator_->Authenticate(credentials, *directory_);
  }
  Result<Principal> AskAs(std::optional<std::uint32_t> uid) {
    async::Peer peer;
    peer.address = "unix";
    peer.local_uid = uid;
    Credentials credentials;
    credentials.peer = &peer;
    return authenticator_->Authenticate(credentials, *directory_);
  }
  Errc Refusal(const std::string& credential) {
    auto principal = Ask(credential);
    return principal ? Errc::kInterrupted : principal.error().code;
  }
  static TenantId Id(const char* name) { return TenantId::Parse(name).value(); }

  testing_support::FakeClock clock_;
  testing_support::SeededRandom random_;
  testing_support::sim::SimDisk disk_;
  const KeyPair pair_ = KeyPair::Rsa();
  Mint mint_{clock_, random_};
  Issuers issuers_;
  DirectoryContents contents_;
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<Authenticator> authenticator_;
};

TEST_F(AuthenticatorTest, AKeyIsOfItsTenant) {
  const auto principal = Ask(Key("blue-1", "blue", Role::kPublisher));
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->actor(), "key:blue-1");
  EXPECT_EQ(principal->tenant(), Id("blue"));
  EXPECT_FALSE(principal->MaySpeakFor(Id("green")));
}

TEST_F(AuthenticatorTest, AKeyWithOneOtherCharacterIsRefused) {
  std::string key = Key("blue-1", "blue", Role::kPublisher);
  key.back() = key.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(Refusal(key), Errc::kTokenInvalid);
  EXPECT_EQ(Refusal("nk_blue-1_short"), Errc::kTokenInvalid);
}

TEST_F(AuthenticatorTest, AKeyOfThePlatformSpeaksForAnyTenant) {
  const auto principal = Ask(Key("platform", std::nullopt, Role::kPlatformAdmin));
  EXPECT_FALSE(principal->tenant());
  EXPECT_TRUE(principal->MaySpeakFor(Id("green")));
}

TEST_F(AuthenticatorTest, TheAgentsOwnUserAndRootAreThePlatformOnTheSocket) {
  EXPECT_EQ(AskAs(kOwnUid)->actor(), "local:1000");
  EXPECT_TRUE(AskAs(0)->Is(Role::kPlatformAdmin));
  EXPECT_EQ(AskAs(1001).error().code, Errc::kUnauthenticated);
  EXPECT_EQ(AskAs(std::nullopt).error().code, Errc::kUnauthenticated);
}

TEST_F(AuthenticatorTest, EachRefusalNamesTheCommandThatHelps) {
  EXPECT_NE(AskAs(1001).error().hint.find("notifyctl key create"), std::string::npos);
  EXPECT_NE(Ask("nonsense").error().detail, "");
  clock_.Advance(0s);
  const std::string token = Token("blue");
  clock_.Advance(1h);
  EXPECT_NE(Ask(token).error().hint.find("notifyctl token create"), std::string::npos);
}

TEST_F(AuthenticatorTest, ATokenOfOneTenantIsNoTokenOfAnother) {
  const auto alice = Ask(Token("blue"));
  ASSERT_TRUE(alice) << alice.error().detail;
  EXPECT_EQ(alice->user(), "alice");
  EXPECT_EQ(alice->tenant(), Id("blue"));
  EXPECT_FALSE(alice->MaySpeakFor(Id("green")));
}

TEST_F(AuthenticatorTest, ATokenThatNamesATenantButIsSignedByAnotherIsRefused) {
  const auto green = HmacKey::Make(TenantRecordOf("green").token_key).value();
  const auto exp = std::chrono::floor<std::chrono::seconds>(clock_.WallNow() + 1h);
  const std::string claims =
      R"({"iss":"notifyd","aud":"notifyctl/hub","sub":"eve","tenant":"blue","exp":)" +
      std::to_string(exp.time_since_epoch().count()) + "}";
  EXPECT_EQ(Refusal(SignHs256(claims, green, "blue.1")), Errc::kTokenInvalid);
}

TEST_F(AuthenticatorTest, ARememberedTokenStillExpiresAndIsStillRevoked) {
  const std::string token = Token("blue");
  ASSERT_TRUE(Ask(token));
  contents_.revoked[Id("blue")]["alice"] =
      std::chrono::floor<std::chrono::milliseconds>(clock_.WallNow()).time_since_epoch().count();
  Publish();
  EXPECT_EQ(Refusal(token), Errc::kTokenInvalid);
  contents_.revoked.clear();
  Publish();
  ASSERT_TRUE(Ask(token));
  clock_.Advance(1h);
  EXPECT_EQ(Refusal(token), Errc::kTokenExpired);
}

TEST_F(AuthenticatorTest, ATenantMadeAgainDoesNotReviveRememberedTokens) {
  const std::string token = Token("blue");
  ASSERT_TRUE(Ask(token));
  AddTenant("blue", 2);
  EXPECT_EQ(Refusal(token), Errc::kTokenInvalid);
}

TEST_F(AuthenticatorTest, RemembersNoMoreThanItsBound) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 4200; ++i) tokens.push_back(Token("blue"));
  for (const auto& token : tokens) ASSERT_TRUE(Ask(token));
  EXPECT_TRUE(Ask(tokens.front()));
}

TEST_F(AuthenticatorTest, AnIssuerSpeaksForItsTenantsOnly) {
  EXPECT_EQ(Ask(External(R"("tenant":"blue")"))->tenant(), Id("blue"));
  EXPECT_EQ(Refusal(External(R"("tenant":"green")")), Errc::kIssuerNotAllowed);
  const auto without = Ask(External(""));
  ASSERT_TRUE(without) << without.error().detail;
  EXPECT_TRUE(without->MaySpeakFor(Id("blue")));
  EXPECT_FALSE(without->MaySpeakFor(Id("green")));
}

TEST_F(AuthenticatorTest, OnlyAnIssuerOfAllTenantsMakesAPlatformAdmin) {
  const std::string admin = R"("roles":["platform-admin"])";
  EXPECT_EQ(Refusal(External(admin)), Errc::kIssuerNotAllowed);
  UseIssuer({});
  EXPECT_TRUE(Ask(External(admin))->Is(Role::kPlatformAdmin));
  EXPECT_EQ(Refusal(External(admin + R"(,"tenant":"blue")")), Errc::kIssuerNotAllowed);
  EXPECT_TRUE(Ask(External(""))->MaySpeakFor(Id("green")));
}

TEST_F(AuthenticatorTest, AnIssuerThatNobodyConfiguredIsRefused) {
  const std::string header = R"({"alg":"RS256"})";
  const std::string claims = R"({"iss":"https://evil.example.com","sub":"eve"})";
  EXPECT_EQ(Refusal(Forge(header, claims, pair_.Sign(Unsigned(header, claims)))),
            Errc::kTokenInvalid);
}

TEST_F(AuthenticatorTest, TheQueryIsForSubscribersAndViewersOnly) {
  const std::string reader = Key("blue-1", "blue", Role::kViewer);
  const std::string writer = Key("blue-2", "blue", Role::kPublisher);
  Credentials credentials;
  credentials.access_token = reader;
  EXPECT_TRUE(authenticator_->Authenticate(credentials, *directory_));
  credentials.access_token = writer;
  EXPECT_EQ(authenticator_->Authenticate(credentials, *directory_).error().code, Errc::kForbidden);
}

TEST_F(AuthenticatorTest, OnlyGuessingFromElsewhereIsSlowedDown) {
  async::Peer far;
  far.address = "10.0.0.1";
  async::Peer near;
  near.address = "127.0.0.1";
  near.loopback = true;
  Credentials credentials;
  credentials.authorization = "Bearer nonsense";
  const Error invalid = Fail(Errc::kTokenInvalid, "");
  Clock::Duration far_delay{};
  Clock::Duration near_delay{};
  for (int i = 0; i < 10; ++i) {
    credentials.peer = &far;
    far_delay = authenticator_->DelayOf(credentials, invalid);
    credentials.peer = &near;
    near_delay = authenticator_->DelayOf(credentials, invalid);
  }
  EXPECT_EQ(far_delay, 2s);
  EXPECT_EQ(near_delay, 0s);
  credentials.peer = &far;
  EXPECT_EQ(authenticator_->DelayOf(credentials, Fail(Errc::kTokenExpired, "")), 0s);
}

}  // namespace
}  // namespace notify::agent::auth
