#include "cli/top_level/bench_receiver.hpp"

#include <charconv>

#include "common/ids.hpp"

namespace notify::cli::top_level {

BenchReceiver::BenchReceiver(std::unique_ptr<client::EventSource> source, std::string run,
                             std::int64_t count, const Clock& clock)
    : source_(std::move(source)),
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
    const auto messages = source_->Read(kLook, -1);
    const auto now = clock_.Now();
    if (!messages) {
      if (messages.error().code != Errc::kTimeout) return;
      silent += kLook;
      const auto allowed = silence_ms_.load();
      if (allowed > 0 && silent.count() >= allowed) return;
      continue;
    }
    silent = {};
    for (const auto& message : *messages) Take(message, now);
  }
}

void BenchReceiver::Take(const client::SseMessage& message, Clock::TimePoint now) {
  const auto at = message.data.find(marker_);
  if (!message.has_data || at == std::string::npos) return;
  std::size_t number = 0;
  const auto* const digits = message.data.data() + at + marker_.size();
  std::from_chars(digits, message.data.data() + message.data.size(), number);
  if (number >= arrivals_.at.size()) return;
  const auto here = Position::Parse(message.id);
  const auto last = Position::Parse(last_id_);
  if (here && last && here->sequence <= last->sequence) ++arrivals_.out_of_order;
  last_id_ = message.id;
  auto& arrived = arrivals_.at[number];
  if (arrived != Clock::TimePoint{}) {
    ++arrivals_.repeated;
    return;
  }
  arrived = now;
  ++arrivals_.received;
}

}  // namespace notify::cli::top_level
