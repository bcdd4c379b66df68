#include "agent/flow/audience.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent {
namespace {

class Audiences : public testing::Test {
 protected:
  Audience Read(std::string_view json) {
    errors_.clear();
    return ReadAudience(nlohmann::json::parse(json), "/audience", errors_);
  }
  std::string Refusal(std::string_view json) {
    static_cast<void>(Read(json));
    return errors_.empty() ? "" : errors_.front().pointer + " " + errors_.front().detail;
  }
  std::vector<FieldError> errors_;
};

TEST_F(Audiences, ReadWhatTheyPrint) {
  for (const auto* text :
       {R"({"tenant":true})", R"({"user":"alice"})", R"({"users":["a","b"]})",
        R"({"userFrom":"/userid"})", R"({"webhook":{"url":"https://x.example"}})"}) {
    EXPECT_EQ(AudienceJson(Read(text)).dump(), text);
    EXPECT_TRUE(errors_.empty()) << text;
  }
}

TEST_F(Audiences, NameExactlyOneKind) {
  EXPECT_EQ(Refusal("{}"), "/audience must name one of tenant, user, users, userFrom, webhook");
  EXPECT_EQ(Refusal(R"({"tenant": true, "user": "a"})"),
            "/audience must name one of tenant, user, users, userFrom, webhook");
  EXPECT_EQ(Refusal(R"({"tenant": false})"), "/audience/tenant can only be true");
}

TEST_F(Audiences, RefuseWhatCannotBeReached) {
  EXPECT_EQ(Refusal(R"({"users": []})"), "/audience/users must be a list of 1 to 1000");
  EXPECT_EQ(Refusal(R"({"userFrom": "userid"})"), "/audience/userFrom must be a JSON Pointer");
  EXPECT_EQ(Refusal(R"({"webhook": {"url": "ftp://x"}})"),
            "/audience/webhook/url must begin with https://");
  EXPECT_EQ(Refusal(R"({"webhook": {"url": "https://x", "secret": "whsec_c2hvcnQ="}})"),
            "/audience/webhook/secret must be whsec_ and the base64 of 24 to 64 bytes");
}

TEST(WebhookKey, TakesTheSecretWithAndWithoutItsPrefix) {
  EXPECT_EQ(WebhookKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").size(), 24U);
  EXPECT_EQ(WebhookKey("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").size(), 24U);
  EXPECT_TRUE(WebhookKey("whsec_").empty());
  EXPECT_TRUE(WebhookKey("").empty());
}

}  // namespace
}  // namespace notify::agent
