#include "agent/inbox/inbox_events.hpp"

#include <gtest/gtest.h>

namespace notify::agent::inbox {
namespace {

EventView Event(std::string_view type, std::string_view data) {
  EventView event;
  event.type = type;
  event.data_kind = DataKind::kJson;
  event.data = data;
  return event;
}

EventView EventOf(const OwnEvent& own) { return Event(own.type, own.data_json); }

TEST(InboxEvents, ACreatedOneWithContentForAUserIsAnItem) {
  const auto item =
      ReadCreated(Event("notification.created", R"({"notification":"n","recipient":"user:alice",)"
                                                R"("content":{"title":"Hello"}})"));
  ASSERT_TRUE(item);
  EXPECT_EQ(item->notification, "n");
  EXPECT_EQ(item->user, "alice");
  EXPECT_EQ(item->content, R"({"title":"Hello"})");
}

TEST(InboxEvents, WhatIsForTheTenantOrAnotherChannelIsInNoInbox) {
  for (const auto* data : {R"({"notification":"n","recipient":"tenant","content":{}})",
                           R"({"notification":"n","recipient":"user:alice"})",
                           R"({"notification":"n","recipient":"user:","content":{}})",
                           R"({"notification":"n","recipient":7,"content":{}})", "[]"}) {
    EXPECT_FALSE(ReadCreated(Event("notification.created", data))) << data;
  }
  EXPECT_FALSE(ReadCreated(
      Event("notification.sent", R"({"notification":"n","recipient":"user:alice","content":{}})")));
}

TEST(InboxEvents, AMarkingIsReadBackAsItWasWritten) {
  for (const auto action : {Action::kRead, Action::kUnread, Action::kArchive, Action::kUnarchive}) {
    const Marking marking{action, "alice", {"a", "b"}, std::nullopt};
    const OwnEvent event = MarkingEvent(marking, "user:alice");
    const auto back = ReadMarking(EventOf(event));
    ASSERT_TRUE(back) << event.type;
    EXPECT_EQ(back->action, action);
    EXPECT_EQ(back->user, "alice");
    EXPECT_EQ(back->ids, marking.ids);
    EXPECT_FALSE(back->up_to);
  }
}

TEST(InboxEvents, AMarkingUpToOneKeepsItsNumberAndNoEpoch) {
  const Marking marking{Action::kArchive, "alice", {}, UpTo{"n", Sequence{7}}};
  const OwnEvent event = MarkingEvent(marking, "key:k1");
  EXPECT_EQ(event.type, "notification.archived");
  EXPECT_EQ(event.userid, "alice");
  EXPECT_EQ(event.data_json,
            R"({"user":"alice","upTo":{"notification":"n","sequence":7},"by":"key:k1"})");
  const auto back = ReadMarking(EventOf(event));
  ASSERT_TRUE(back && back->up_to);
  EXPECT_EQ(back->up_to->sequence, Sequence{7});
}

TEST(InboxEvents, WhatIsNoMarkingChangesNothing) {
  EXPECT_FALSE(ReadMarking(Event("notification.sent", R"({"user":"a","notifications":["n"]})")));
  EXPECT_FALSE(ReadMarking(Event("notification.read", R"({"user":"a"})")));
  EXPECT_FALSE(ReadMarking(Event("notification.read", R"({"user":"a","upTo":{"sequence":-1}})")));
  EXPECT_FALSE(ReadMarking(Event("notification.read", "7")));
}

}  // namespace
}  // namespace notify::agent::inbox
