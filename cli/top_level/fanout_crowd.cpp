#include "cli/top_level/fanout_crowd.hpp"

#include <algorithm>

#include "cli/client/connection.hpp"

namespace notify::cli::top_level {
namespace {

using namespace std::chrono_literals;

// So many handshakes are under way at once: an agent's queue of new connections is not endless.
constexpr std::int64_t kMostJoining = 256;
constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr auto kJoinSilence = 30s;
// Each member is pinged once in so many turns of a second.
constexpr std::size_t kPingTurns = 12;

}  // namespace

FanoutCrowd::FanoutCrowd(FanoutJoin join, const FanoutScript& script, FanoutLedger& ledger,
                         EventLoop& loop, const Clock& clock)
    : join_(std::move(join)),
      script_(script),
      ledger_(ledger),
      loop_(loop),
      clock_(clock),
      buffer_(kBufferBytes),
      members_(static_cast<std::size_t>(join_.connections)) {}

Status FanoutCrowd::Join(const std::function<void(std::uint64_t)>& progress) {
  begun_at_ = pinged_at_ = clock_.Now();
  auto heard_at = begun_at_;
  while (joining_ > 0 || begun_ < join_.connections) {
    if (auto begun = BeginDue(); !begun) return begun;
    const auto before = joined_ + join_failures_;
    auto waited = loop_.Wait(joining_ > 0 ? 100ms : 1ms, [this](std::uint32_t index) -> Status {
      Ready(index);
      return {};
    });
    if (!waited) return waited;
    KeepAlive();
    const auto now = clock_.Now();
    if (joined_ + join_failures_ != before) heard_at = now;
    progress(static_cast<std::uint64_t>(joined_));
    if (joining_ == 0 || now - heard_at < kJoinSilence) continue;
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
      if (members_[i] && !members_[i]->joined()) {
        Drop(i, Fail(Errc::kTimeout, "A connection was not accepted in time."));
      }
    }
  }
  join_time_ = clock_.Now() - begun_at_;
  return {};
}

Status FanoutCrowd::BeginDue() {
  auto due = join_.connections;
  if (join_.ramp > 0) {
    const auto passed = std::chrono::duration<double>(clock_.Now() - begun_at_).count();
    due = std::min(due, 1 + static_cast<std::int64_t>(passed * static_cast<double>(join_.ramp)));
  }
  while (begun_ < due && joining_ < kMostJoining) {
    auto begun = Begin(static_cast<std::uint32_t>(begun_));
    if (begun) continue;
    // A full queue of new connections refuses for a moment; somebody who is not there, always.
    constexpr int kMostRefused = 100;
    return joined_ + joining_ > 0 && ++refused_in_a_row_ < kMostRefused ? Status{} : begun;
  }
  return {};
}

Status FanoutCrowd::Begin(std::uint32_t index) {
  const auto descriptor = client::OpenSocket(join_.endpoint, 5s);
  if (!descriptor) return descriptor.error();
  refused_in_a_row_ = 0;
  members_[index] = std::make_unique<FanoutMember>(*descriptor, script_);
  ++begun_;
  ++joining_;
  loop_.Watch(*descriptor, index, false);
  if (auto sent = members_[index]->Begin(); !sent) Drop(index, sent.error());
  return {};
}

void FanoutCrowd::Ready(std::uint32_t index) {
  auto& member = members_[index];
  if (!member) return;
  const bool joined = member->joined();
  auto received = member->Receive(buffer_, ledger_, clock_);
  if (!joined && member->joined()) {
    --joining_;
    ++joined_;
  }
  if (!received) Drop(index, received.error());
}

void FanoutCrowd::Drop(std::uint32_t index, const Error& why) {
  auto& member = members_[index];
  if (member->joined()) {
    --joined_;
    ++disconnected_;
    missing_of_dropped_ += member->expected();
  } else {
    --joining_;
    ++join_failures_;
  }
  if (first_error_.empty()) first_error_ = why.detail;
  member.reset();
}

std::int64_t FanoutCrowd::Missing(std::int64_t sent) const {
  std::int64_t missing = disconnected_ * sent - missing_of_dropped_;
  for (const auto& member : members_) {
    if (member && member->joined()) missing += sent - member->expected();
  }
  return missing;
}

void FanoutCrowd::KeepAlive() {
  const auto now = clock_.Now();
  if (now - pinged_at_ < 1s || members_.empty()) return;
  pinged_at_ = now;
  const auto turn = members_.size() / kPingTurns + 1;
  for (std::size_t i = 0; i < turn; ++i) {
    auto& member = members_[next_ping_++ % members_.size()];
    if (member) member->Ping();
  }
}

}  // namespace notify::cli::top_level
