#include "agent/routing/recipients.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent::routing {
namespace {

class Routing : public testing::Test {
 protected:
  std::string To(Audience audience) {
    std::string text;
    const auto resolved = Resolve(audience, envelope_);
    for (const Recipient& recipient : resolved.list) text += recipient.address + " ";
    return text.empty() ? resolved.reason : text;
  }
  std::string From(const std::string& pointer) {
    Audience audience;
    audience.kind = Audience::Kind::kUserFrom;
    audience.user_from = pointer;
    return To(audience);
  }
  const nlohmann::json envelope_ = {{"userid", "alice"},
                                    {"data", {{"owners", {"bob", "", 3, "bob", "eve"}}, {"n", 7}}}};
};

TEST_F(Routing, TheTenantIsOneRecipient) { EXPECT_EQ(To({}), "tenant "); }

TEST_F(Routing, UsersAreEachToldOnce) {
  Audience audience;
  audience.kind = Audience::Kind::kUsers;
  audience.users = {"alice", "bob", "alice"};
  EXPECT_EQ(To(audience), "user:alice user:bob ");
}

TEST_F(Routing, AUserIsFoundInTheEvent) {
  EXPECT_EQ(From("/userid"), "user:alice ");
  EXPECT_EQ(From("/data/owners"), "user:bob user:eve ");
}

TEST_F(Routing, AnEventWithoutTheUserSaysSo) {
  EXPECT_EQ(From("/data/owner"), "The audience is /data/owner, which the event does not have.");
  EXPECT_EQ(From("/data/n"), "The audience is /data/n, which holds no user's name.");
}

TEST_F(Routing, AWebhookBringsItsSecret) {
  Audience audience;
  audience.kind = Audience::Kind::kWebhook;
  audience.url = "https://x.example";
  audience.secret = Secret("whsec_x");
  EXPECT_EQ(Resolve(audience, envelope_).list.at(0).secret.Reveal(), "whsec_x");
  EXPECT_EQ(To(audience), "https://x.example ");
}

}  // namespace
}  // namespace notify::agent::routing
