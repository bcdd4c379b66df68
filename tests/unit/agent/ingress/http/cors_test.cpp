#include "agent/ingress/http/cors.hpp"

#include <gtest/gtest.h>

namespace notify::agent::ingress {
namespace {

const std::vector<std::string> kAllowed = {"https://app.example.com"};

TEST(Cors, OriginsAreComparedByteForByte) {
  EXPECT_TRUE(IsAllowedOrigin("https://app.example.com", kAllowed, false));
  for (const char* other : {"http://app.example.com", "https://app.example.com:444", "null", "",
                            "https://app.example.com.evil.org", "https://APP.example.com"}) {
    EXPECT_FALSE(IsAllowedOrigin(other, kAllowed, false)) << other;
  }
}

TEST(Cors, DevAllowsAnyPortOfLocalhostAndNothingElse) {
  EXPECT_TRUE(IsAllowedOrigin("http://localhost:5173", {}, true));
  EXPECT_FALSE(IsAllowedOrigin("http://localhost:5173", {}, false));
  EXPECT_FALSE(IsAllowedOrigin("http://localhost.evil.org", {}, true));
  EXPECT_FALSE(IsAllowedOrigin("http://localhost:80@evil.org", {}, true));
}

TEST(Cors, TheAnswerNamesTheOriginAndNeverAStar) {
  for (const auto& [name, value] : CorsHeaders("https://a")) EXPECT_NE(value, "*") << name;
}

}  // namespace
}  // namespace notify::agent::ingress
