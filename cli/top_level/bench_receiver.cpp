#include "cli/top_level/bench_receiver.hpp"

#include <charconv>

namespace notify::cli::top_level {

BenchReceiver::BenchReceiver(std::unique_ptr<BenchStream> stream, std::string run,
                             std::int64_t count, const Clock& clock)
    : stream_(std::move(stream)),
      marker_(R"("run":")" + run + R"(","i":)"),
      count_(count),
      clock_(clock) {
  arrivals_.at.resize(static_cast<std::size_t>(count));
  thread_ = std::thread([this] { Receive(); });
}

BenchReceiver::~BenchReceiver() {
  silence_ms_ = 1;
  if (thread_.joinable()) thread_.join();
}

Arrivals BenchReceiver::Wait(std::chrono::milliseconds silence) {
  silence_ms_ = silence.count();
  thread_.join();
  return std::move(arrivals_);
}

void BenchReceiver::Receive() {
  constexpr std::chrono::milliseconds kLook{100};
  std::chrono::milliseconds silent{0};
  while (arrivals_.received < count_) {
    const auto events = stream_->Read(kLook);
    const auto now = clock_.Now();
    if (!events) {
      if (events.error().code != Errc::kTimeout) return;
      silent += kLook;
      const auto allowed = silence_ms_.load();
      if (allowed > 0 && silent.count() >= allowed) return;
      continue;
    }
    silent = {};
    for (const auto& event : *events) Take(event, now);
  }
}

void BenchReceiver::Take(const BenchEvent& event, Clock::TimePoint now) {
  const auto at = event.text.find(marker_);
  if (at == std::string::npos) return;
  std::size_t number = 0;
  const auto* const digits = event.text.data() + at + marker_.size();
  std::from_chars(digits, event.text.data() + event.text.size(), number);
  if (number >= arrivals_.at.size()) return;
  if (event.sequence <= last_sequence_) ++arrivals_.out_of_order;
  last_sequence_ = event.sequence;
  auto& arrived = arrivals_.at[number];
  if (arrived != Clock::TimePoint{}) {
    ++arrivals_.repeated;
    return;
  }
  arrived = now;
  ++arrivals_.received;
}

}  // namespace notify::cli::top_level
