#include "agent/delivery/delivery_queue.hpp"

#include <gtest/gtest.h>

#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::delivery {
namespace {

class Queued : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(database_->Migrate(DeliveryQueue::kSchema)); }

  static Delivery One(const std::string& id, std::int64_t next_at_ms = 100, int priority = 1) {
    Delivery delivery;
    delivery.id = id;
    delivery.notification = "n-" + id;
    delivery.event = {Epoch{7}, Sequence{1}};
    delivery.channel = "webhook";
    delivery.recipient = "https://x.example";
    delivery.priority = priority;
    delivery.next_at_ms = next_at_ms;
    delivery.payload = {"{}", "title", "body", Secret("whsec_secret")};
    return delivery;
  }
  std::string DueAt(std::int64_t now_ms) {
    std::string ids;
    const auto due = queue_.Due("webhook", now_ms, 1000, 10).value();
    for (const Delivery& delivery : due) ids += delivery.id + " ";
    return ids;
  }
  void End(const std::string& id, State state) {
    Delivery delivery = queue_.Get(id).value();
    delivery.state = state;
    delivery.updated_ms = 500;
    ASSERT_TRUE(queue_.Record(delivery));
  }

  testing_support::TempDir folder_;
  testing_support::SeededRandom random_;
  std::unique_ptr<store::Database> database_ =
      store::Database::Open(folder_.path() + "/state.db", {}).value();
  DeliveryQueue queue_{*database_,
                       testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue")),
                       random_};
};

TEST_F(Queued, ComesOutWhenDueMostUrgentFirst) {
  ASSERT_TRUE(queue_.Add(One("late", 200)));
  ASSERT_TRUE(queue_.Add(One("low", 50, 0)));
  ASSERT_TRUE(queue_.Add(One("high", 100, 2)));
  EXPECT_EQ(DueAt(150), "high low ");
  EXPECT_EQ(queue_.NextAttempt(150).value(), 200);
}

TEST_F(Queued, BringsItsPayloadBack) {
  ASSERT_TRUE(queue_.Add(One("one")));
  const auto due = queue_.Due("webhook", 150, 1000, 10).value();
  EXPECT_EQ(due.at(0).payload.title, "title");
  EXPECT_EQ(due.at(0).payload.secret.Reveal(), "whsec_secret");
}

TEST_F(Queued, AddedTwiceItIsThereOnce) {
  ASSERT_TRUE(queue_.Add(One("one")));
  End("one", State::kDelivered);
  ASSERT_TRUE(queue_.Add(One("one")));
  EXPECT_EQ(DueAt(150), "");
}

TEST_F(Queued, AnEndIsAnEnd) {
  ASSERT_TRUE(queue_.Add(One("one")));
  End("one", State::kDelivered);
  End("one", State::kFailed);
  EXPECT_EQ(queue_.Get("one")->state, State::kDelivered);
}

TEST_F(Queued, IsDueAtOnceWhereTheClockWentBack) {
  ASSERT_TRUE(queue_.Add(One("one", 1'000'000)));
  EXPECT_EQ(DueAt(100), "one ");
}

TEST_F(Queued, IsReportedUntilItIsMarked) {
  ASSERT_TRUE(queue_.Add(One("one")));
  EXPECT_FALSE(queue_.Idle().value());
  End("one", State::kFailed);
  EXPECT_EQ(queue_.Unreported(10)->size(), 1U);
  ASSERT_TRUE(queue_.MarkReported("one"));
  EXPECT_TRUE(queue_.Unreported(10)->empty());
  EXPECT_TRUE(queue_.Idle().value());
}

TEST_F(Queued, ForgetsOnlyWhatEndedAndWasReported) {
  for (const auto* id : {"ended", "pending", "untold"}) ASSERT_TRUE(queue_.Add(One(id)));
  End("ended", State::kDelivered);
  End("untold", State::kDelivered);
  ASSERT_TRUE(queue_.MarkReported("ended"));
  ASSERT_TRUE(queue_.Forget(1000, 10));
  EXPECT_FALSE(queue_.Get("ended"));
  EXPECT_TRUE(queue_.Get("pending"));
  EXPECT_TRUE(queue_.Get("n-untold"));
}

TEST_F(Queued, KeepsASecretUntilItIsDropped) {
  ASSERT_TRUE(queue_.KeepSecret("request", Secret("whsec_x")));
  EXPECT_EQ(queue_.SecretOf("request")->Reveal(), "whsec_x");
  ASSERT_TRUE(queue_.DropSecret("request"));
  EXPECT_TRUE(queue_.SecretOf("request")->empty());
}

TEST_F(Queued, NothingThatIsSentLiesInTheFileInClear) {
  ASSERT_TRUE(queue_.Add(One("one")));
  ASSERT_TRUE(queue_.KeepSecret("request", Secret("whsec_x")));
  EXPECT_EQ(database_->Number("SELECT count(*) FROM delivery_queue WHERE instr(payload,'title')>0")
                .value(),
            0);
  EXPECT_EQ(database_->Number("SELECT count(*) FROM delivery_secrets WHERE instr(secret,'whsec')>0")
                .value(),
            0);
}

TEST_F(Queued, TheCursorStaysWhereItWasPut) {
  EXPECT_EQ(queue_.Cursor().value(), Position{});
  const Position position{Epoch{7}, Sequence{9}};
  ASSERT_TRUE(queue_.MoveCursor(position));
  EXPECT_EQ(queue_.Cursor().value(), position);
}

class Listed : public Queued {
 protected:
  void Add(const std::string& id, std::int64_t created_ms, const std::string& recipient = "tenant",
           std::uint64_t sequence = 1) {
    Delivery delivery = One(id);
    delivery.created_ms = created_ms;
    delivery.recipient = recipient;
    delivery.event.sequence = Sequence{sequence};
    ASSERT_TRUE(queue_.Add(delivery));
  }
  std::string Ids(const DeliveryFilter& filter, std::size_t limit = 10,
                  const std::optional<DeliveryPlace>& after = {}) {
    page_ = queue_.List(filter, after, limit).value();
    std::string ids;
    for (const Delivery& delivery : page_.items) ids += delivery.id + " ";
    return ids;
  }
  void Attempt(const std::string& id, int number, State result) {
    Delivery delivery = queue_.Get(id).value();
    delivery.attempted = delivery::Attempt{.number = number,
                                           .at_ms = 100 + number,
                                           .took_ms = 7,
                                           .result = result,
                                           .code = "timeout",
                                           .detail = "Slow.",
                                           .receipt = "r"};
    delivery.state = result == State::kFailed ? State::kPending : result;
    ASSERT_TRUE(queue_.Record(delivery));
  }

  DeliveryPage page_;
};

TEST_F(Listed, NewestFirstPageByPage) {
  Add("a", 1);
  Add("b", 2);
  Add("c", 2);
  EXPECT_EQ(Ids({}, 2), "c b ");
  ASSERT_TRUE(page_.next);
  EXPECT_EQ(Ids({}, 2, page_.next), "a ");
  EXPECT_FALSE(page_.next);
}

TEST_F(Listed, OfANotificationAnEventARecipientAChannelAndAState) {
  Add("a", 1, "user:alice", 1);
  Add("b", 2, "user:bob", 2);
  Add("c", 3, "user:alice", 2);
  End("c", State::kFailed);
  EXPECT_EQ(Ids({.notification = "n-b"}), "b ");
  EXPECT_EQ(Ids({.event = Position{Epoch{7}, Sequence{2}}}), "c b ");
  EXPECT_EQ(Ids({.recipient = "user:alice"}), "c a ");
  EXPECT_EQ(Ids({.recipient = "user:alice", .state = State::kPending}), "a ");
  EXPECT_EQ(Ids({.state = State::kFailed}), "c ");
  EXPECT_EQ(Ids({.channel = "in_app"}), "");
}

TEST_F(Listed, APageThatLookedAtMuchIsShortAndGoesOn) {
  ASSERT_TRUE(database_->Transaction([&]() -> Status {
    for (std::size_t i = 0; i < DeliveryQueue::kMostLookedAt; ++i) {
      Add("x" + std::to_string(i), 100);
    }
    return {};
  }));
  Add("old", 1);
  End("old", State::kFailed);
  EXPECT_EQ(Ids({.state = State::kFailed}), "");
  ASSERT_TRUE(page_.next);
  EXPECT_EQ(Ids({.state = State::kFailed}, 10, page_.next), "old ");
}

TEST_F(Listed, AttemptsStayWithTheirDelivery) {
  Add("a", 1);
  Attempt("a", 1, State::kFailed);
  Attempt("a", 2, State::kDelivered);
  Attempt("a", 3, State::kFailed);
  const auto attempts = queue_.AttemptsOf("a").value();
  ASSERT_EQ(attempts.size(), 2U) << "an end is an end";
  EXPECT_EQ(attempts[0].result, State::kFailed);
  EXPECT_EQ(attempts[0].code, "timeout");
  EXPECT_EQ(attempts[1].number, 2);
  EXPECT_EQ(attempts[1].at_ms, 102);
  EXPECT_EQ(attempts[1].receipt, "r");
}

TEST_F(Listed, AttemptsAreForgottenWithTheirDelivery) {
  Add("a", 1);
  Attempt("a", 1, State::kDelivered);
  ASSERT_TRUE(queue_.MarkReported("a"));
  ASSERT_TRUE(queue_.Forget(1000, 10));
  EXPECT_TRUE(queue_.AttemptsOf("a")->empty());
}

TEST_F(Listed, KeepsTheTemplate) {
  Delivery delivery = One("a");
  delivery.template_id = "order";
  ASSERT_TRUE(queue_.Add(delivery));
  EXPECT_EQ(queue_.Get("a")->template_id, "order");
}

}  // namespace
}  // namespace notify::agent::delivery
