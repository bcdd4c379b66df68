#include "common/tenancy/resolver_config.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

/// The option that is wrong, or `ok`.
std::string Verdict(ResolverOptions options) {
  const auto config = ResolverConfig::Make(std::move(options));
  return config ? "ok" : config.error().errors.at(0).pointer;
}

TEST(ResolverConfig, TakesTheDefaults) { EXPECT_EQ(Verdict({}), "ok"); }

TEST(ResolverConfig, WantsAChainWithoutRepeats) {
  EXPECT_EQ(Verdict({.chain = {}}), "strategy");
  EXPECT_EQ(Verdict({.chain = {Strategy::kKey, Strategy::kKey}}), "strategy");
}

TEST(ResolverConfig, WantsWhatAStrategyNeeds) {
  EXPECT_EQ(Verdict({.chain = {Strategy::kSubdomain}}), "base_domains");
  EXPECT_EQ(Verdict({.chain = {Strategy::kCustom}}), "custom");
}

TEST(ResolverConfig, WantsAPatternThatEndsWithTheTenant) {
  for (const auto* pattern : {"/t/{tenant}/", "/{tenant}/", "/a/b/{tenant}"}) {
    EXPECT_EQ(Verdict({.path_pattern = pattern}), "ok") << pattern;
  }
  for (const auto* pattern :
       {"", "/", "t/{tenant}/", "/{tenant}/x/", "/t{tenant}/", "//{tenant}/", "/../{tenant}/"}) {
    EXPECT_EQ(Verdict({.path_pattern = pattern}), "path_pattern") << pattern;
  }
}

TEST(ResolverConfig, WantsNamesOfHeadersAndDomains) {
  EXPECT_EQ(Verdict({.header = "X Tenant"}), "header");
  EXPECT_EQ(Verdict({.base_domains = {"API.smartpay.com"}}), "base_domains");
  EXPECT_EQ(Verdict({.base_domains = {".smartpay.com"}}), "base_domains");
}

TEST(ResolverConfig, WantsAnExpressionWithAGroup) {
  EXPECT_EQ(Verdict({.custom = "(a)"}), "ok");
  for (const auto& custom : {std::string("a"), std::string("(["), std::string("(a)\\1"),
                             "(" + std::string(300, 'a') + ")"}) {
    EXPECT_EQ(Verdict({.custom = custom}), "custom") << custom;
  }
}

}  // namespace
}  // namespace notify
