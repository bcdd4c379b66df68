// How a replay's events reach its target: the rest of ReplayRun.
#include <algorithm>
#include <utility>

#include "agent/pipeline/replay_run.hpp"
#include "agent/replay/copy.hpp"
#include "common/log.hpp"
#include "common/model/event_json.hpp"
#include "common/model/event_parser.hpp"

namespace notify::agent::pipeline {
namespace {

using Kind = replay::Target::Kind;

using namespace std::chrono_literals;

constexpr auto kForRoom = 50ms;
constexpr auto kForSomebody = 10s;
constexpr auto kLookAgain = 200ms;
constexpr std::size_t kMostFailures = 5;
constexpr std::size_t kChunkEvents = 500;
constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr int kStoreAttempts = 5;

LiveTarget LiveOf(const replay::Target& target) {
  return {target.kind == Kind::kUser ? LiveTarget::Kind::kUser : LiveTarget::Kind::kSubscription,
          target.name};
}

bool IsForLater(Errc code) {
  return code == Errc::kQuotaExceeded || code == Errc::kRateLimited || code == Errc::kOverloaded;
}

}  // namespace

async::Task<Result<std::size_t>> ReplayRun::StoreSome(const Picked& events, std::size_t begin) {
  const auto rate = parts_.copies.RateOf(*destination_);
  const std::size_t most = std::min<std::size_t>(kChunkEvents, rate ? rate->burst : kChunkEvents);
  const bool fires = replay_.request.fire_triggers;
  EventBatch copies;
  std::size_t end = begin;
  while (end < events.size() && copies.size() < most && copies.records.size() < kChunkBytes) {
    const PickedEvent& event = events[end];
    if (end > begin) {
      if (event.copy || IsReservedType(event.View().type)) break;
      if (DueOf(event) > parts_.runtime.clock().Now()) break;
    }
    copies.offsets.push_back(static_cast<std::uint32_t>(copies.records.size()));
    replay::CopyOptions how{.token = replay_.token,
                            .original = event.position,
                            .fires = fires,
                            .same_log = destination_->id() == tenant_.id()};
    AppendCopy(copies.records, event.View(), how);
    due_.reset();
    ++end;
  }
  for (int attempt = 1;;) {
    EventBatch batch = copies;
    auto stored = co_await parts_.copies.Append(*destination_, std::move(batch));
    if (stored) {
      if (replay_.request.target.kind == Kind::kNone ||
          replay_.request.target.kind == Kind::kTenant) {
        replay_.counts.sent += stored->accepted;
        replay_.counts.duplicates += stored->duplicates;
      }
      co_return end - begin;
    }
    const Error& error = stored.error();
    if (!Describe(error.code).retryable) co_return error;
    if (!IsForLater(error.code) && attempt++ >= kStoreAttempts) co_return error;
    co_await Pause(error.retry_after.value_or(1s));
    if (stop_ != Stop::kNone) co_return std::size_t{0};
  }
}

async::Task<Status> ReplayRun::SendOne(const PickedEvent& event) {
  std::string envelope = EnvelopeOf(event);
  switch (replay_.request.target.kind) {
    case Kind::kSubscription:
    case Kind::kUser:
      co_return co_await GiveLive(event, std::move(envelope));
    case Kind::kUrl:
      co_return co_await PostOne(event, std::move(envelope));
    case Kind::kNone:
    case Kind::kTenant:
      break;
  }
  co_return Status();
}

async::Task<Status> ReplayRun::GiveLive(const PickedEvent& event, std::string envelope) {
  const EventView view = event.View();
  if (tenant_.record().settings.payload == HubPayload::kData) {
    envelope = view.data_kind == DataKind::kJson ? std::string(view.data) : "null";
  }
  const LiveTarget target = LiveOf(replay_.request.target);
  const std::string method(view.type);
  const Clock::TimePoint begun = parts_.runtime.clock().Now();
  ReplaySink::Taken taken;
  while (!stopped()) {
    taken = co_await parts_.live.Give(tenant_, target, method, envelope, taken);
    if (taken.full) {
      co_await Pause(kForRoom);
      continue;
    }
    if (taken.connections > 0) {
      ++replay_.counts.sent;
      replay_.position = event.position;
      co_return Status();
    }
    if (parts_.runtime.clock().Now() - begun >= kForSomebody) {
      co_return Fail(Errc::kNotFound,
                     "No connection is there of " + TargetText(replay_.request.target) + ".");
    }
    taken = {};
    co_await Pause(kLookAgain);
  }
  co_return Status();
}

async::Task<Status> ReplayRun::PostOne(const PickedEvent& event, std::string envelope) {
  const replay::Target& target = replay_.request.target;
  for (int attempt = 1;; ++attempt) {
    OutboundMessage message{.delivery_id = replay::ReplayedId(replay_.token, event.position),
                            .notification_json = envelope,
                            .recipient = target.name,
                            .title = {},
                            .body = {},
                            .secret = target.secret,
                            .attempt = attempt};
    auto answered = co_await parts_.webhook.Send(tenant_, std::move(message));
    if (answered) {
      ++replay_.counts.sent;
      failures_ = {};
      replay_.position = event.position;
      co_return Status();
    }
    if (stop_ != Stop::kNone) co_return Status();
    const Error& error = answered.error();
    if (!Describe(error.code).retryable || attempt >= options_.retry.attempts) {
      co_return Failed(event, error);
    }
    const Clock::Duration asked =
        std::min(error.retry_after.value_or(Clock::Duration::zero()), options_.retry.longest_wait);
    co_await Pause(std::max(delivery::RetryDelay(attempt, parts_.runtime.random()), asked));
    if (stop_ != Stop::kNone) co_return Status();
  }
}

Status ReplayRun::Failed(const PickedEvent& event, const Error& error) {
  if (failures_.in_a_row++ == 0) {
    failures_.before = replay_.position;
    failures_.counts = replay_.counts;
  }
  ++replay_.counts.failed;
  replay_.position = event.position;
  log::Warning("Event {Position} of replay {Replay} of tenant {TenantId} was not sent: {Reason}",
               {{"Position", event.position.ToString()},
                {"Replay", replay_.token},
                {"TenantId", tenant_.id()},
                {"Reason", error.detail}});
  if (failures_.in_a_row < kMostFailures) return {};
  // Nobody is there: what would only fail is kept for a resume.
  replay_.position = failures_.before;
  replay_.counts = failures_.counts;
  return error;
}

std::string ReplayRun::EnvelopeOf(const PickedEvent& event) const {
  const std::string id = replay::ReplayedId(replay_.token, event.position);
  std::string envelope;
  AppendEnvelope(envelope, event.View(),
                 {.tenant = tenant_.id().text(),
                  .position = {},
                  .recorded_ms = event.recorded_ms,
                  .original = event.position,
                  .replay_id = id});
  return envelope;
}

}  // namespace notify::agent::pipeline
