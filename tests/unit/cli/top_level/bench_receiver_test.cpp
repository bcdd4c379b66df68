#include "cli/top_level/bench_receiver.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace notify::cli::top_level {
namespace {

using namespace std::chrono_literals;

/// Gives one event a read, then ends.
class Script final : public BenchStream {
 public:
  explicit Script(std::vector<BenchEvent> events) : events_(std::move(events)) {}
  Result<std::vector<BenchEvent>> Read(std::chrono::milliseconds) override {
    if (next_ == events_.size()) return Fail(Errc::kAgentUnreachable, "It ended.");
    return std::vector<BenchEvent>{events_[next_++]};
  }

 private:
  const std::vector<BenchEvent> events_;
  std::size_t next_ = 0;
};

BenchEvent Numbered(std::uint64_t sequence, int number, const std::string& run = "7") {
  return {sequence, R"({"data":{"run":")" + run + R"(","i":)" + std::to_string(number) + "}}"};
}

Arrivals Receive(std::vector<BenchEvent> events) {
  const testing_support::FakeClock clock;
  BenchReceiver receiver(std::make_unique<Script>(std::move(events)), "7", 3, clock);
  return receiver.Wait(1ms);
}

TEST(BenchReceiver, CountsEachEventOfItsRunOnce) {
  const auto arrivals = Receive({Numbered(4, 0), Numbered(5, 9, "8"), Numbered(6, 2)});
  EXPECT_EQ(arrivals.received, 2);
  EXPECT_EQ(arrivals.repeated, 0);
  EXPECT_EQ(arrivals.out_of_order, 0);
}

TEST(BenchReceiver, SeesARepeatedEvent) {
  const auto arrivals = Receive({Numbered(4, 0), Numbered(4, 0), Numbered(5, 1)});
  EXPECT_EQ(arrivals.received, 2);
  EXPECT_EQ(arrivals.repeated, 1);
}

TEST(BenchReceiver, SeesThatTheOrderOfTheLogWasNotKept) {
  EXPECT_EQ(Receive({Numbered(5, 0), Numbered(4, 1)}).out_of_order, 1);
}

TEST(BenchReceiver, IgnoresNumbersThatNobodySent) {
  EXPECT_EQ(Receive({Numbered(4, 3), Numbered(5, 2)}).received, 1);
}

}  // namespace
}  // namespace notify::cli::top_level
