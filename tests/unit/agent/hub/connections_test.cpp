#include "agent/hub/connections.hpp"

#include <gmock/gmock.h>

#include "agent/hub/own_methods.hpp"
#include "tests/unit/agent/hub/hub_world.hpp"

namespace notify::agent::hub {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ConnectionsTest : public testing::Test, public HubWorld {
 protected:
  std::vector<std::string> Ids(ConnectionQuery query, const std::string& tenant = "blue") {
    std::vector<std::string> ids;
    for (const auto& each : runtime_.Run(connections_.List(Tenant(tenant), std::move(query)))) {
      ids.push_back(each.id);
    }
    return ids;
  }
  std::optional<ConnectionEntry> Find(const std::string& id, const std::string& tenant = "blue") {
    return runtime_.Run(connections_.Find(Tenant(tenant), id));
  }
  bool Kick(const std::string& id, Farewell farewell, const std::string& tenant = "blue") {
    return runtime_.Run(connections_.Kick(Tenant(tenant), id, std::move(farewell)));
  }
  Result<std::string> Ask(const std::string& id, const std::string& tenant = "blue") {
    return runtime_.Run(connections_.Ask(Tenant(tenant), id, "whoAreYou", {"1", "\"x\""}, 1s));
  }

  Connections connections_{runtime_, hub_};
};

TEST_F(ConnectionsTest, ATenantsConnectionsAreListedOverAllThreadsInTheOrderOfTheirIds) {
  Connect({.io = 1, .id = "b"});
  Connect({.io = 0, .id = "c"});
  Connect({.io = 0, .id = "a"});
  EXPECT_THAT(Ids({}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Ids({.limit = 2}), ElementsAre("a", "b"));
  EXPECT_THAT(Ids({.after = "b"}), ElementsAre("c"));
}

TEST_F(ConnectionsTest, TheyAreChosenByUserAndByTransport) {
  Connect({.id = "a"}).facts.transport = "websockets";
  Connect({.user = "bob", .id = "b"}).facts.transport = "longpolling";
  EXPECT_THAT(Ids({.user = "bob"}), ElementsAre("b"));
  EXPECT_THAT(Ids({.transport = "websockets"}), ElementsAre("a"));
  EXPECT_THAT(Ids({.user = "bob", .transport = "websockets"}), IsEmpty());
}

TEST_F(ConnectionsTest, EventStreamsAreConnectionsAndPartsOfConnectionsAreNot) {
  Listener& stream = Connect({.kind = ClientInfo::Kind::kEventStream, .id = ""});
  Connect({.kind = ClientInfo::Kind::kPart, .id = "part"});
  EXPECT_FALSE(stream.client->info.connection_id.empty());
  EXPECT_THAT(Ids({}), ElementsAre(stream.client->info.connection_id.text()));
}

TEST_F(ConnectionsTest, AnotherTenantsConnectionDoesNotExist) {
  Listener& blue = Connect({.id = "a"});
  EXPECT_THAT(Ids({}, "green"), IsEmpty());
  EXPECT_FALSE(Find("a", "green"));
  EXPECT_FALSE(Kick("a", {}, "green"));
  EXPECT_EQ(Ask("a", "green").error().code, Errc::kNotFound);
  EXPECT_FALSE(blue.closed);
  EXPECT_THAT(blue.methods, IsEmpty());
}

TEST_F(ConnectionsTest, AConnectionTellsItsSubscriptionsWithTheirPositions) {
  Listener& alice = Connect({.id = "a"});
  Commit({TestEvent{}, TestEvent{}, TestEvent{}});
  alice.room = 0;
  const auto behind = Subscribe(alice, Types({"a.b"}), 1);
  const auto live = Subscribe(alice, Filter{{}, {"eu"}, {}, {}});
  const auto entry = Find("a");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->user, "alice");
  EXPECT_EQ(entry->actor, "user:alice");
  EXPECT_THAT(entry->groups, ElementsAre("tenant::blue", "user::alice", "topic::eu"));
  ASSERT_EQ(entry->subscriptions.size(), 2U);
  EXPECT_EQ(entry->subscriptions[0].id, behind->id);
  EXPECT_THAT(entry->subscriptions[0].filter.types, ElementsAre("a.b"));
  EXPECT_EQ(entry->subscriptions[0].position->sequence.value, 1U);
  EXPECT_EQ(entry->subscriptions[1].id, live->id);
  EXPECT_EQ(entry->subscriptions[1].position->sequence.value, 3U);
  EXPECT_EQ(entry->position.sequence.value, 1U) << "as far as the one that is furthest behind";
}

TEST_F(ConnectionsTest, AKickSaysWhetherTheClientMayComeAgain) {
  Listener& first = Connect({.io = 1, .id = "a"});
  Listener& second = Connect({.id = "b"});
  EXPECT_TRUE(Kick("a", {std::nullopt, true}));
  ASSERT_TRUE(first.closed);
  EXPECT_TRUE(first.closed->allow_reconnect);
  EXPECT_FALSE(second.closed);
  EXPECT_TRUE(Kick("b", {"Maintenance.", false}));
  ASSERT_TRUE(second.closed);
  EXPECT_EQ(second.closed->error, "Maintenance.");
}

TEST_F(ConnectionsTest, AClientIsAskedOnItsOwnThread) {
  Listener& alice = Connect({.io = 1, .id = "a"});
  alice.answer = std::string("{\"name\":\"Alice\"}");
  EXPECT_EQ(Ask("a").value(), "{\"name\":\"Alice\"}");
  EXPECT_THAT(alice.methods, ElementsAre("whoAreYou"));
  EXPECT_THAT(alice.arguments, ElementsAre("1", "\"x\""));
}

TEST_F(ConnectionsTest, NothingIsLeftOfAConnectionThatIsGone) {
  Listener& alice = Connect({.id = "a"});
  Leave(alice);
  EXPECT_THAT(Ids({}), IsEmpty());
  EXPECT_FALSE(Kick("a", {}));
  EXPECT_EQ(Ask("a").error().code, Errc::kNotFound);
}

TEST(OwnMethods, AreTheAgentsWhateverTheirCase) {
  for (const char* ours :
       {"connected", "Gap", "presence", "PRESENCE", "badge", "notification.sent"}) {
    EXPECT_TRUE(IsOwnMethod(ours)) << ours;
  }
  EXPECT_FALSE(IsOwnMethod("hello"));
}

}  // namespace
}  // namespace notify::agent::hub
