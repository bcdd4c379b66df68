#include "common/tenancy/resolve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace notify {
namespace {

class Hosts final : public HostTable {
 public:
  const TenantId* Find(std::string_view host) const override {
    const auto entry = table.find(host);
    return entry == table.end() ? nullptr : &entry->second;
  }
  std::map<std::string, TenantId, std::less<>> table;
};

/// One request, and what the chain makes of it: the tenant's name, `-` for none, or the error's
/// code.
class ResolveTenantTest : public ::testing::Test {
 protected:
  ResolveTenantTest() { hosts_.table.emplace("blue.smartpay.com", blue_); }

  void Configure(ResolverOptions options) { config_ = ResolverConfig::Make(options).value(); }
  void Chain(std::vector<Strategy> chain) {
    Configure({.chain = std::move(chain), .base_domains = {"api.smartpay.com"}});
  }
  Result<Resolution> Resolve() {
    RequestParts request;
    request.credential_tenant = key_ ? &*key_ : nullptr;
    request.claim_tenant = claim_ ? &*claim_ : nullptr;
    request.platform_admin = admin_;
    const std::vector<std::string_view> header(header_.begin(), header_.end());
    const std::vector<std::string_view> x_tenant(x_tenant_.begin(), x_tenant_.end());
    request.header_values = header;
    request.x_tenant_values = x_tenant.empty() ? request.header_values : x_tenant;
    request.host = host_;
    request.path = path_;
    request.hosts = &hosts_;
    return ResolveTenant(config_, request, &steps_);
  }
  std::string Named() {
    const auto resolution = Resolve();
    if (!resolution) return std::string(Describe(resolution.error().code).name);
    return resolution->tenant ? resolution->tenant->text() : "-";
  }
  std::string Path(std::string path) {
    path_ = std::move(path);
    const auto resolution = Resolve();
    return resolution ? std::string(resolution->path)
                      : std::string(Describe(resolution.error().code).name);
  }

  const TenantId blue_ = TenantId::Parse("blue").value();
  const TenantId green_ = TenantId::Parse("green").value();
  Hosts hosts_;
  ResolverConfig config_;
  std::optional<TenantId> key_;
  std::optional<TenantId> claim_;
  bool admin_ = false;
  std::vector<std::string> header_;
  std::vector<std::string> x_tenant_;
  std::string host_ = "127.0.0.1:7800";
  std::string path_ = "/api/events";
  std::vector<ResolutionStep> steps_;
};

TEST_F(ResolveTenantTest, AKeyIsOfItsTenant) {
  key_ = blue_;
  EXPECT_EQ(Named(), "blue");
  EXPECT_EQ(Resolve()->strategy, Strategy::kKey);
}

TEST_F(ResolveTenantTest, AClaimIsOfItsTenant) {
  claim_ = blue_;
  EXPECT_EQ(Named(), "blue");
  EXPECT_EQ(Resolve()->strategy, Strategy::kClaim);
}

TEST_F(ResolveTenantTest, TheCredentialCountsEvenOutsideTheChain) {
  Chain({Strategy::kHeader});
  key_ = blue_;
  EXPECT_EQ(Named(), "blue");
}

TEST_F(ResolveTenantTest, NothingNamesNone) {
  EXPECT_EQ(Named(), "-");
  EXPECT_EQ(RequireTenant(Resolve().value()).error().code, Errc::kTenantRequired);
}

TEST_F(ResolveTenantTest, TheHeaderNames) {
  header_ = {"blue"};
  EXPECT_EQ(Named(), "blue");
}

TEST_F(ResolveTenantTest, AHeaderThatAgreesWithTheKeyIsFine) {
  key_ = blue_;
  header_ = {"blue"};
  EXPECT_EQ(Named(), "blue");
}

TEST_F(ResolveTenantTest, AHeaderOfAnotherTenantIsAMismatch) {
  key_ = blue_;
  header_ = {"green"};
  EXPECT_EQ(Named(), "tenant_mismatch");
}

TEST_F(ResolveTenantTest, APathOfAnotherTenantIsAMismatchBehindAHeaderThatAgrees) {
  claim_ = blue_;
  header_ = {"blue"};
  path_ = "/t/green/api/events";
  EXPECT_EQ(Named(), "tenant_mismatch");
}

TEST_F(ResolveTenantTest, AMismatchSaysNothingAboutTheOther) {
  key_ = blue_;
  header_ = {"green"};
  EXPECT_THAT(Resolve().error().detail, ::testing::Not(::testing::HasSubstr("green")));
}

TEST_F(ResolveTenantTest, AHeaderOutsideTheChainIsNotLookedAt) {
  Chain({Strategy::kKey});
  key_ = blue_;
  header_ = {"green"};
  EXPECT_EQ(Named(), "blue");
}

TEST_F(ResolveTenantTest, TwoValuesInOneHeaderAreInvalidEvenWhenTheyAgree) {
  header_ = {"blue", "blue"};
  EXPECT_EQ(Named(), "tenant_invalid");
  key_ = blue_;
  EXPECT_EQ(Named(), "tenant_mismatch");
}

TEST_F(ResolveTenantTest, ANameOutsideTheGrammarIsInvalid) {
  for (const auto* name : {"", "Blue", "blue,green", "-blue", "blue-", "bl ue", "bl/ue",
                           "bl\xC3\xBC", "a2345678901234567890123456789012345678901"}) {
    header_ = {name};
    key_.reset();
    EXPECT_EQ(Named(), "tenant_invalid") << name;
    key_ = blue_;
    EXPECT_EQ(Named(), "tenant_mismatch") << name;
  }
}

TEST_F(ResolveTenantTest, ThePathNamesAndIsStripped) {
  EXPECT_EQ(Path("/t/blue/api/events"), "/api/events");
  EXPECT_EQ(Named(), "blue");
  EXPECT_EQ(Path("/t/blue"), "/");
  EXPECT_EQ(Path("/t/blue/"), "/");
  EXPECT_EQ(Path("/t/Blue/api"), "tenant_invalid");
  EXPECT_EQ(Path("/t/bl%75e/api"), "tenant_invalid");
  EXPECT_EQ(Path("/t/"), "tenant_invalid");
  EXPECT_EQ(Path("/tt/blue/"), "/tt/blue/");
}

TEST_F(ResolveTenantTest, ThePathIsLeftAloneOutsideTheChain) {
  Chain({Strategy::kKey});
  EXPECT_EQ(Path("/t/blue/api/events"), "/t/blue/api/events");
  EXPECT_EQ(Named(), "-");
}

TEST_F(ResolveTenantTest, TheBarePatternLeavesTheAgentsOwnPaths) {
  Configure({.chain = {Strategy::kPath}, .path_pattern = "/{tenant}/"});
  EXPECT_EQ(Path("/blue/api/events"), "/api/events");
  EXPECT_EQ(Path("/api/events"), "/api/events");
  EXPECT_EQ(Path("/hubs/notifications"), "/hubs/notifications");
  EXPECT_EQ(Path("/healthz"), "/healthz");
}

TEST_F(ResolveTenantTest, PathsAreNeverNormalised) {
  for (const auto* path :
       {"/api/../events", "/..", "/api/..", "//api", "/api//events", "/api%2fevents",
        "/t/blue%2Fx/", "/api/%2e%2E/x", "/api/.%2e/x", "/api/a\\b", "/api/%5c"}) {
    EXPECT_EQ(Path(path), "invalid_argument") << path;
  }
  for (const auto* path : {"/", "/api/a..b", "/api/...", "/api/%20", "/api/.", "/api/%2"}) {
    EXPECT_EQ(Path(path), path);
  }
}

TEST_F(ResolveTenantTest, AWholeHostNames) {
  Chain({Strategy::kHost});
  host_ = "BLUE.smartpay.com.:443";
  EXPECT_EQ(Named(), "blue");
  host_ = "evil-blue.smartpay.com";
  EXPECT_EQ(Named(), "-");
}

TEST_F(ResolveTenantTest, TheLabelBeforeABaseDomainNames) {
  Chain({Strategy::kSubdomain});
  const std::map<std::string, std::string> expected = {
      {"blue.api.smartpay.com", "blue"},
      {"Blue.API.smartpay.com:8443", "blue"},
      {"api.smartpay.com", "-"},
      {".api.smartpay.com", "-"},
      {"www.api.smartpay.com", "-"},
      {"blueapi.smartpay.com", "-"},
      {"blue.api.smartpay.com.evil.com", "-"},
      {"a.blue.api.smartpay.com", "tenant_invalid"},
      {"bl_ue.api.smartpay.com", "tenant_invalid"}};
  for (const auto& [host, named] : expected) {
    host_ = host;
    EXPECT_EQ(Named(), named) << host;
  }
}

TEST_F(ResolveTenantTest, TheCustomExpressionNames) {
  Configure({.chain = {Strategy::kCustom}, .custom = "^shop-([a-z]+)\\."});
  host_ = "shop-blue.example.com";
  EXPECT_EQ(Named(), "blue");
  host_ = "other.example.com";
  EXPECT_EQ(Named(), "-");
}

TEST_F(ResolveTenantTest, AnUnluckyExpressionTakesNoExponentialTime) {
  Configure({.chain = {Strategy::kCustom}, .custom = "^(a+)+$"});
  path_ = "/" + std::string(400, 'a');
  host_ = std::string(60, 'a');
  EXPECT_EQ(Named(), "-");
}

TEST_F(ResolveTenantTest, WithoutATenantOfTheCredentialTheFirstInTheChainWins) {
  admin_ = true;
  header_ = {"blue"};
  path_ = "/t/green/api/events";
  EXPECT_EQ(Named(), "blue");
  Chain({Strategy::kPath, Strategy::kHeader});
  EXPECT_EQ(Named(), "green");
}

TEST_F(ResolveTenantTest, HeaderAndPathWorkForPlatformAdminUnderAnyConfiguration) {
  admin_ = true;
  host_ = "blue.smartpay.com";
  for (const auto& chain : {std::vector{Strategy::kHost}, std::vector{Strategy::kKey}}) {
    Chain(chain);
    header_ = {"green"};
    EXPECT_EQ(Named(), "green");
    header_.clear();
    EXPECT_EQ(Path("/t/green/api/events"), "/api/events");
    EXPECT_EQ(Named(), "green");
    path_ = "/api/events";
  }
}

TEST_F(ResolveTenantTest, OwnNamesOfHeaderAndPatternDoNotTakeThemFromPlatformAdmin) {
  Configure({.header = "X-Org", .path_pattern = "/org/{tenant}/"});
  x_tenant_ = {"green"};
  EXPECT_EQ(Named(), "-");
  admin_ = true;
  EXPECT_EQ(Named(), "green");
  x_tenant_.clear();
  EXPECT_EQ(Path("/t/blue/api/events"), "/api/events");
  EXPECT_EQ(Named(), "blue");
}

TEST_F(ResolveTenantTest, ExplainsEachStep) {
  key_ = blue_;
  path_ = "/t/green/";
  EXPECT_EQ(Named(), "tenant_mismatch");
  ASSERT_EQ(steps_.size(), 4U);
  EXPECT_EQ(steps_[0].text, "The API key is of tenant 'blue'.");
  EXPECT_EQ(steps_[1].text, "No token with a tenant claim.");
  EXPECT_EQ(steps_[2].text, "No header 'X-Tenant'.");
  EXPECT_EQ(steps_[3].outcome, ResolutionStep::Outcome::kRefused);
}

}  // namespace
}  // namespace notify
