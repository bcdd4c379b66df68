#include <algorithm>
#include <random>
#include <set>

#include "tests/unit/agent/consumer/consumer_world.hpp"

namespace notify::agent::consumer {
namespace {

using namespace std::chrono_literals;

constexpr int kMaxAttempts = 3;

/// What a consumer promises, in its simplest form: every event that it asks for is, in the end,
/// acknowledged by somebody or a dead letter; and goes out in order between two returns.
struct Model {
  std::set<std::uint64_t> wanted;  // Published, and asked for.
  std::uint64_t acknowledged = 0;
  std::map<std::uint64_t, int> given;  // How often each went out.
  std::set<std::uint64_t> out;         // Went out and is not acknowledged, since the last return.

  /// The first event that is neither acknowledged nor dead.
  std::optional<std::uint64_t> First(const std::set<std::uint64_t>& dead) const {
    for (auto one = wanted.upper_bound(acknowledged); one != wanted.end(); ++one) {
      if (!dead.contains(*one)) return *one;
    }
    return std::nullopt;
  }
};

class ConsumersModelTest : public ConsumerWorld {
 protected:
  std::set<std::uint64_t> DeadOnes() {
    auto state = side_->databases.Open(blue_, kConsumerSchema);
    DeadLetterStore letters(**state, blue_, runtime_->random());
    std::set<std::uint64_t> dead;
    const auto all = letters.List("", -1, "", 10'000);
    for (const DeadLetter& letter : *all) {
      dead.insert(letter.event.sequence.value);
      EXPECT_GE(letter.attempts, kMaxAttempts);
    }
    return dead;
  }

  /// What was fetched is what the model allows.
  void Check(const Fetched& fetched, const std::set<std::uint64_t>& dead) {
    std::uint64_t last = 0;
    for (const FetchedEvent& item : fetched.items) {
      const std::uint64_t sequence = item.position.sequence.value;
      ASSERT_TRUE(model_.wanted.contains(sequence)) << sequence;
      ASSERT_GT(sequence, model_.acknowledged) << "acknowledged, and there again";
      ASSERT_FALSE(dead.contains(sequence)) << sequence << " is dead";
      ASSERT_GT(sequence, last) << "out of order";
      // In order without a hole: all wanted ones between are out, or dead.
      if (!model_.out.contains(sequence)) {
        for (auto one = model_.wanted.upper_bound(model_.acknowledged); *one != sequence; ++one) {
          ASSERT_TRUE(model_.out.contains(*one) || dead.contains(*one))
              << *one << " was passed by for " << sequence;
        }
      } else {
        // It went back: everything from the first unacknowledged on comes again.
        ASSERT_EQ(sequence, *model_.First(dead)) << "came again out of turn";
        model_.out.clear();
      }
      const bool again = item.envelope.find(R"("redelivered":true)") != std::string::npos;
      ASSERT_EQ(again, model_.given[sequence] > 0) << sequence;
      ++model_.given[sequence];
      model_.out.insert(sequence);
      last = sequence;
    }
  }

  void Step(std::mt19937_64& dice) {
    const auto pick = [&dice](std::uint64_t below) { return dice() % below; };
    switch (pick(10)) {
      case 0:
      case 1: {
        const bool wanted = pick(3) > 0;
        const auto at = Publish(blue_, wanted ? "a.b" : "x.y");
        if (wanted) model_.wanted.insert(at.sequence.value);
        break;
      }
      case 2:
      case 3:
      case 4: {
        const auto fetched = TryFetch("c", 1 + pick(4), std::chrono::seconds(pick(3)));
        ASSERT_TRUE(fetched) << fetched.error().detail;
        Check(*fetched, DeadOnes());
        break;
      }
      case 5:
      case 6: {
        if (model_.out.empty()) break;
        auto one = model_.out.begin();
        std::advance(one, pick(model_.out.size()));
        model_.acknowledged = *one;
        Ack("c", *one);
        model_.out.erase(model_.out.begin(), std::next(one));
        break;
      }
      case 7: {
        if (model_.out.empty()) break;
        auto one = model_.out.begin();
        std::advance(one, pick(model_.out.size()));
        const Refusal refusal = Nack("c", *one);
        if (refusal.redelivered || refusal.dead_lettered) model_.out.clear();
        break;
      }
      case 8:
        runtime_->RunFor(std::chrono::seconds(pick(40)));
        break;
      default:
        if (pick(4) == 0) {
          CrashAndRestart();
          model_.out.clear();
        }
        break;
    }
  }

  /// Without failures from now on, everything that is left comes out.
  void Finish() {
    for (int i = 0; i < 10'000; ++i) {
      const auto dead = DeadOnes();
      if (!model_.First(dead)) break;
      runtime_->RunFor(70s);
      model_.out.clear();
      const auto fetched = TryFetch("c", 100);
      ASSERT_TRUE(fetched);
      Check(*fetched, DeadOnes());
      if (fetched->items.empty()) continue;
      model_.acknowledged = fetched->position.sequence.value;
      Ack("c", model_.acknowledged);
    }
    EXPECT_FALSE(model_.First(DeadOnes()));
  }

  Model model_;
};

// NOTIFY_CONSUMER_SEEDS raises the number of runs.
TEST_F(ConsumersModelTest, LosesNothingAndSkipsNothingWithoutADeadLetter) {
  const char* more = std::getenv("NOTIFY_CONSUMER_SEEDS");
  const std::uint64_t seeds = more == nullptr ? 30 : std::stoull(more);
  for (std::uint64_t seed = 1; seed <= seeds && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 dice(seed);
    model_ = {};
    // Each run begins behind the one before.
    model_.acknowledged = log_.Of(blue_).size();
    const std::string after = std::to_string(model_.acknowledged);
    ASSERT_TRUE(TryCreate(blue_, R"({"name": "c", "types": ["a.*"], "ackTimeout": "20s",
        "maxInFlight": 6, "maxAttempts": 3, "after": )" +
                                     after + "}"));
    for (int i = 0; i < 120 && !HasFatalFailure(); ++i) Step(dice);
    if (!HasFatalFailure()) Finish();
    ASSERT_TRUE(runtime_->Run(side_->consumers.Delete(blue_, "c")));
  }
}

}  // namespace
}  // namespace notify::agent::consumer
