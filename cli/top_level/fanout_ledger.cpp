#include "cli/top_level/fanout_ledger.hpp"

#include <charconv>

namespace notify::cli::top_level {
namespace {

std::uint64_t NumberBehind(std::string_view text, std::string_view name) {
  std::uint64_t number = 0;
  const auto at = text.find(name);
  if (at == std::string_view::npos) return 0;
  const auto digits = text.substr(at + name.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// Unlike in each event, so that no event's bytes pass for another's.
void AppendPayload(std::string& text, std::size_t size, std::uint64_t state) {
  constexpr std::string_view kLetters = "0123456789abcdefghijklmnopqrstuv";
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    text += kLetters[state >> 59U];
  }
}

}  // namespace

std::string_view FanoutLedger::Send(Clock::TimePoint now) {
  auto& event = events_.emplace_back();
  event.at = now;
  auto& data = event.data;
  data = "{" + marker_ + std::to_string(events_.size() - 1) + R"(,"at":)" +
         std::to_string(now.time_since_epoch().count()) + R"(,"p":")";
  constexpr std::size_t kEnd = 2;
  if (data.size() + kEnd < payload_bytes_) {
    AppendPayload(data, payload_bytes_ - data.size() - kEnd, events_.size());
  }
  data += "\"}";
  return data;
}

void FanoutLedger::Confirm(std::int64_t number, std::uint64_t sequence) {
  auto& event = events_.at(static_cast<std::size_t>(number));
  if (event.sequence != 0 && event.sequence != sequence) ++faults_.altered;
  event.sequence = sequence;
}

bool FanoutLedger::Take(std::string_view message, std::int64_t& expected, Clock::TimePoint now) {
  const auto index = static_cast<std::size_t>(expected);
  if (index < events_.size() && events_[index].message == message && !message.empty()) {
    ++expected;
    Count(events_[index], message.size(), now);
    return true;
  }
  return TakeUnknown(message, expected, now);
}

bool FanoutLedger::TakeUnknown(std::string_view message, std::int64_t& expected,
                               Clock::TimePoint now) {
  if (message.find(marker_) == std::string_view::npos) return false;
  const auto number = static_cast<std::int64_t>(NumberBehind(message, marker_));
  if (number >= sent()) {
    ++faults_.altered;
    return true;
  }
  if (number < expected) {
    ++faults_.repeated;
    return true;
  }
  faults_.lost += number - expected;
  expected = number + 1;
  auto& event = events_[static_cast<std::size_t>(number)];
  const auto sequence = NumberBehind(message, R"("sequence":)");
  const bool whole = message.find(R"("data":)" + event.data) != std::string_view::npos;
  if (!whole || (event.sequence != 0 && event.sequence != sequence)) ++faults_.altered;
  if (event.message.empty() && whole) {
    event.message = message;
    event.sequence = sequence;
    if (number > 0 && events_[static_cast<std::size_t>(number) - 1].sequence >= sequence) {
      ++faults_.out_of_order;
    }
  }
  Count(event, message.size(), now);
  return true;
}

void FanoutLedger::Count(Event& event, std::size_t bytes, Clock::TimePoint now) {
  ++delivered_;
  bytes_ += bytes;
  last_delivery_ = now;
  latencies_.Add(now - event.at);
  if (++event.delivered != members_) return;
  std::string().swap(event.data);
  std::string().swap(event.message);
}

}  // namespace notify::cli::top_level
