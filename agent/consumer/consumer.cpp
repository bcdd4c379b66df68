#include "agent/consumer/consumer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/model/event_json.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::consumer {
namespace {

// How long a call may look for an event that it wants before it says how far it got.
constexpr auto kLongestLook = std::chrono::seconds(1);

// The agent's own attribute, which no caller can publish (contract 4).
constexpr Extension kRedelivered{"redelivered", "true"};

std::string TimeText(std::int64_t unix_ms) {
  std::string text;
  AppendRfc3339(text, unix_ms);
  return text;
}

std::int64_t Distance(Position from, Position to) {
  if (from.epoch != to.epoch) from.sequence.value = 0;
  return to.sequence.value > from.sequence.value
             ? static_cast<std::int64_t>(to.sequence.value - from.sequence.value)
             : 0;
}

}  // namespace

/// Only one call at a time takes events.
class Consumer::Turn {
 public:
  explicit Turn(Consumer& consumer) : consumer_(consumer) { consumer_.busy_ = true; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    consumer_.busy_ = false;
    if (consumer_.turn_waiters_ > 0) consumer_.turn_ended_.Notify();
  }

 private:
  Consumer& consumer_;
};

Consumer::Consumer(ConsumerParts parts, async::TaskGroup& tasks, TenantHandle tenant,
                   StoredConsumer stored)
    : parts_(parts),
      tasks_(tasks),
      tenant_(std::move(tenant)),
      metrics_(parts.metrics, tenant_.id()),
      stored_(std::move(stored)),
      used_ms_(stored_.used_ms),
      window_(stored_.kept),
      head_(stored_.kept.acknowledged) {}

async::Task<Result<Fetched>> Consumer::Fetch(FetchRequest request) {
  const Clock& clock = parts_.runtime.clock();
  async::Timers& timers = parts_.runtime.platform_timers();
  const Clock::TimePoint until = clock.Now() + request.wait;
  const Clock::TimePoint look_until = clock.Now() + kLongestLook;
  while (true) {
    Touch();
    if (auto refused = Refused(request.claim)) co_return std::move(*refused);
    const bool mine = !busy_;
    if (mine) {
      const bool had_gap = window_.kept().gap.has_value();
      const Turn turn(*this);
      auto fetched = co_await Take(request, std::max(until, look_until));
      Arm();
      if (auto refused = Refused(request.claim)) co_return std::move(*refused);
      if (!fetched || !fetched->items.empty()) co_return fetched;
      if (!had_gap && fetched->gap) co_return fetched;
    }
    const Clock::Duration left = until - clock.Now();
    if (waits_end_ && request.claim != 0) co_return Fail(Errc::kUnavailable, "The agent stops.");
    if (left <= Clock::Duration::zero() || waits_end_) co_return Nothing();
    if (mine) {
      if (MayFindMore()) continue;
      ++waiters_;
      co_await changed_.WaitFor(timers, left);
      --waiters_;
    } else {
      ++turn_waiters_;
      co_await turn_ended_.WaitFor(timers, left);
      --turn_waiters_;
    }
  }
}

std::optional<Error> Consumer::Refused(std::uint64_t claim) const {
  if (closed_) return closed_;
  if (IsHeldBy(claim)) return std::nullopt;
  return Fail(Errc::kConflict, "Another connection has taken the subscription over.");
}

async::Task<Result<Consumer::Standing>> Consumer::Begin(std::uint64_t claim) {
  Touch();
  if (closed_) co_return *closed_;
  const std::uint64_t before = std::exchange(holder_, claim);
  RewindAll();
  // What cannot be begun takes nothing from who had it.
  const auto failed = [&](const Error& error) -> Error {
    if (holder_ == claim) holder_ = before;
    return error;
  };
  // A hole right behind the position is told with the answer.
  if (!page_.Covers(window_.cursor())) {
    if (auto read = co_await ReadAhead(); !read) co_return failed(read.error());
  }
  if (auto refused = Refused(claim)) co_return std::move(*refused);
  if (auto saved = SaveIfChanged(); !saved) co_return failed(saved.error());
  co_return Standing{window_.cursor(), window_.kept().gap};
}

void Consumer::End(std::uint64_t claim) {
  if (closed_ || claim != holder_) return;
  Touch();
  holder_ = 0;
  RewindAll();
}

void Consumer::RewindAll() {
  window_.Rewind();
  lane_.TakeBackAll();
  Wake();
  if (turn_waiters_ > 0) turn_ended_.Notify();
  Arm();
}

Fetched Consumer::Nothing() const { return {{}, window_.cursor(), window_.kept().gap}; }

bool Consumer::MayFindMore() const {
  const Clock::TimePoint now = parts_.runtime.clock().Now();
  if (!HasRoom()) return false;
  if (lane_.Next(now, window_.kept().acknowledged)) return true;
  return dying_.empty() && window_.MayHandOut(now) && window_.cursor() < head_;
}

void Consumer::Wake() {
  if (waiters_ > 0) changed_.Notify();
}

bool Consumer::HasRoom() const {
  return window_.in_flight() + lane_.in_flight() < stored_.spec.max_in_flight;
}

async::Task<Result<Fetched>> Consumer::Take(const FetchRequest& request,
                                            Clock::TimePoint scan_until) {
  const Clock& clock = parts_.runtime.clock();
  Fetched fetched = Nothing();
  if (auto taken = TakeRedriven(request, fetched); !taken) co_return taken.error();
  if (!fetched.items.empty()) co_return fetched;
  while (fetched.items.empty() && dying_.empty() && !closed_ && HasRoom() && !waits_end_ &&
         window_.MayHandOut(clock.Now()) && clock.Now() <= scan_until) {
    if (page_.Covers(window_.cursor())) {
      Walk(request, fetched);
      continue;
    }
    const auto read = co_await ReadAhead();
    if (!read) co_return read.error();
    if (Refused(request.claim)) co_return Nothing();
    if (*read && !page_.Covers(window_.cursor())) break;
  }
  if (auto kept = KeepHanded(fetched); !kept) co_return kept.error();
  for (const FetchedEvent& item : fetched.items) {
    (item.redelivered ? metrics_.redelivered : metrics_.delivered).Add();
  }
  fetched.position = window_.cursor();
  fetched.gap = window_.kept().gap;
  co_return fetched;
}

async::Task<Result<bool>> Consumer::ReadAhead() {
  const Position from = window_.cursor();
  const Position head = head_;
  auto page = co_await parts_.events.Read(tenant_, from, PageReader::kPageBytes);
  if (!page) co_return page.error();
  // Meanwhile something was acknowledged or failed.
  if (window_.cursor() != from) co_return false;
  // What is told of the head is of before the read, unless it moved meanwhile.
  head_ = page->at_head && head_ == head ? page->after : std::max(head_, page->after);
  if (page->gap) {
    window_.BeginAfter(*page->gap);
    // What was to be buried is of a log that is gone, or gone from this one.
    dying_.clear();
  }
  page_.Take(from, std::move(*page));
  co_return true;
}

bool Consumer::Wants(const FetchRequest& request, const RecordKeys& event) const {
  return stored_.spec.Wants(event) && (!request.may_see || request.may_see(event));
}

Status Consumer::TakeRedriven(const FetchRequest& request, Fetched& fetched) {
  if (lane_.empty()) return {};
  auto state = State();
  if (!state) return state.error();
  DeadLetterStore letters(**state, tenant_, parts_.runtime.random());
  const Clock::TimePoint now = parts_.runtime.clock().Now();
  std::size_t bytes = 0;
  // Behind the position they would be among events whose acknowledgement takes theirs for done.
  while (fetched.items.size() < request.max && bytes < request.max_bytes && HasRoom()) {
    const auto next = lane_.Next(now, window_.kept().acknowledged);
    if (!next) break;
    const auto letter = letters.Get(next->id);
    EventView event;
    if (!letter && letter.error().code != Errc::kNotFound) return letter.error();
    if (!letter || !ReadRecord(letter->record, event)) {
      lane_.Remove(next->event);
      continue;
    }
    const auto keys = ReadRecordKeys(letter->record);
    if (request.may_see && keys && !request.may_see(*keys)) {
      // Its holder may not see it any more: it is dead again, for whoever may.
      lane_.Remove(next->event);
      const auto now_ms = UnixMs(parts_.runtime.clock().WallNow());
      if (auto dead = letters.FailedAgain(next->id, true, now_ms); !dead) return dead;
      continue;
    }
    event.extensions.push_back(kRedelivered);
    FetchedEvent item{next->event, std::string(event.type), {}, true};
    AppendEnvelope(item.envelope, event,
                   {.tenant = tenant_.id().text(),
                    .position = next->event,
                    .recorded_ms = letter->recorded_ms,
                    .subscription = request.subscription});
    bytes += item.envelope.size();
    lane_.HandOut(next->event, now + stored_.spec.ack_timeout);
    metrics_.redelivered.Add();
    fetched.position = next->event;
    fetched.items.push_back(std::move(item));
  }
  return {};
}

void Consumer::Walk(const FetchRequest& request, Fetched& fetched) {
  const Clock::TimePoint deadline = parts_.runtime.clock().Now() + stored_.spec.ack_timeout;
  std::size_t bytes = 0;
  bool whole = true;
  while (const auto event = page_.Next(window_.cursor())) {
    const std::string_view record = event->batch->events.Record(event->index);
    const auto keys = ReadRecordKeys(record);
    if (!keys || !Wants(request, *keys) || window_.IsDead(event->position.sequence)) {
      window_.Skip(event->position);
      continue;
    }
    const bool suspect = window_.NextIsSuspect();
    if (fetched.items.size() >= request.max || bytes >= request.max_bytes || !HasRoom() ||
        (suspect && !fetched.items.empty())) {
      whole = false;
      break;
    }
    EventView view;
    ReadRecord(record, view);
    const bool redelivered = window_.HandOut(event->position, deadline);
    if (redelivered) view.extensions.push_back(kRedelivered);
    FetchedEvent item{event->position, std::string(view.type), {}, redelivered};
    AppendEnvelope(item.envelope, view,
                   {.tenant = tenant_.id().text(),
                    .position = event->position,
                    .recorded_ms = event->batch->RecordedMs(event->index),
                    .subscription = request.subscription});
    bytes += item.envelope.size();
    fetched.items.push_back(std::move(item));
    if (suspect) {
      whole = false;
      break;
    }
  }
  if (whole) window_.Skip(page_.end());
}

Status Consumer::KeepHanded(Fetched& fetched) {
  const Window::Kept& kept = window_.kept();
  const bool gap_told = kept.gap && kept.gap->resumed_after == kept.acknowledged;
  const bool gap_kept = stored_.kept.gap && stored_.kept.acknowledged == kept.acknowledged;
  if (kept.handed == stored_.kept.handed && (!gap_told || gap_kept)) return {};
  auto saved = Save();
  if (!saved) {
    window_.Rewind();
    fetched.items.clear();
  }
  return saved;
}

Result<Position> Consumer::Acknowledge(Position position, std::uint64_t claim) {
  Touch();
  if (auto refused = Refused(claim)) return std::move(*refused);
  if (position.epoch.value == 0) position.epoch = window_.cursor().epoch;
  const bool in_lane = lane_.IsInFlight(position);
  const bool of_this_log = position.epoch == window_.cursor().epoch;
  // A subscription of the hub acknowledges everything up to a position (contract 7), letters that
  // came beside its events as well.
  if (in_lane || (claim != 0 && of_this_log && !lane_.empty())) {
    if (auto ended = AcknowledgeLane(position); !ended) return ended.error();
  }
  if (in_lane) {
    // Its place among the events was acknowledged when it became a letter.
  } else if (!of_this_log) {
    return Fail(Errc::kGap, "The position " + position.ToString() + " is of another log.",
                "Acknowledge a position that the consumer gave since.");
  } else {
    metrics_.acknowledged.Add(window_.Acknowledge(position));
    std::erase_if(dying_, [&](Sequence one) { return one <= position.sequence; });
    if (auto saved = SaveIfChanged(); !saved) return saved.error();
  }
  Wake();
  Arm();
  return window_.kept().acknowledged;
}

Status Consumer::AcknowledgeLane(Position position) {
  auto state = State();
  if (!state) return state.error();
  DeadLetterStore letters(**state, tenant_, parts_.runtime.random());
  const auto given = lane_.Acknowledge(position);
  auto removed = (*state)->Transaction([&]() -> Status {
    for (const RedriveLane::Given& one : given) {
      if (auto gone = letters.Remove(one.id); !gone) return gone.error();
    }
    return {};
  });
  if (!removed) {
    if (auto loaded = LoadRetrying(); !loaded) return loaded.error();
    return removed.error();
  }
  metrics_.acknowledged.Add(given.size());
  return {};
}

bool Consumer::IsKnown(Position position) const {
  if (position.epoch.value == 0) position.epoch = window_.cursor().epoch;
  return position <= std::max({window_.cursor(), window_.kept().handed, head_}) ||
         lane_.IsInFlight(position) || position.epoch != window_.cursor().epoch;
}

void Consumer::HeadMoved(Position head) {
  head_ = std::max(head_, head);
  Measure();
  Wake();
}

Status Consumer::Change(ConsumerSpec spec, std::optional<Position> after) {
  StoredConsumer changed = stored_;
  changed.spec = std::move(spec);
  changed.kept = window_.kept();
  changed.used_ms = used_ms_;
  if (after) {
    changed.kept = {};
    changed.kept.acknowledged = *after;
    changed.kept.handed = std::max(window_.kept().handed, *after);
  }
  auto state = State();
  if (!state) return state.error();
  if (auto put = ConsumerStore(**state).Put(changed); !put) return put;
  stored_ = std::move(changed);
  window_ = Window(stored_.kept);
  page_.Drop();
  dying_.clear();
  Wake();
  Arm();
  return {};
}

Status Consumer::Rest() {
  if (!busy_ &&
      parts_.runtime.clock().WallNow() - Clock::WallTime(std::chrono::milliseconds(used_ms_)) >
          std::chrono::seconds(5)) {
    page_.Drop();
  }
  return SaveIfChanged();
}

bool Consumer::IsExpired() const {
  if (!stored_.spec.expire_after || busy_ || waiters_ + turn_waiters_ > 0) return false;
  const Clock::WallTime used{std::chrono::milliseconds(used_ms_)};
  return parts_.runtime.clock().WallNow() - used > *stored_.spec.expire_after;
}

void Consumer::Close(Error why) {
  closed_ = std::move(why);
  parts_.runtime.platform_timers().Cancel(timer_);
  for (async::Signal* signal : {&changed_, &turn_ended_, &buried_, &bury_again_}) signal->Notify();
}

void Consumer::EndWaits() {
  waits_end_ = true;
  Wake();
  turn_ended_.Notify();
}

void Consumer::Measure() {
  metrics_.lag.Set(Distance(window_.kept().acknowledged, head_));
  metrics_.in_flight.Set(static_cast<std::int64_t>(window_.in_flight() + lane_.in_flight()));
}

std::string Consumer::Json() const {
  auto shown = nlohmann::ordered_json::parse(SpecJson(stored_.spec));
  const Window::Kept& kept = window_.kept();
  shown["position"] = {{"epoch", kept.acknowledged.epoch.value},
                       {"sequence", kept.acknowledged.sequence.value}};
  shown["lag"] = Distance(kept.acknowledged, head_);
  shown["inFlight"] = window_.in_flight() + lane_.in_flight();
  shown["gap"] =
      kept.gap ? nlohmann::ordered_json::parse(GapJson(*kept.gap)) : nlohmann::ordered_json();
  shown["createdAt"] = TimeText(stored_.created_ms);
  shown["usedAt"] = TimeText(used_ms_);
  return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<store::Database*> Consumer::State() {
  return parts_.databases.Open(tenant_, kConsumerSchema);
}

Status Consumer::Save() {
  auto state = State();
  if (!state) return state.error();
  auto saved = ConsumerStore(**state).Save(stored_.spec.name, window_.kept(), used_ms_);
  if (!saved) return saved;
  stored_.kept = window_.kept();
  stored_.used_ms = used_ms_;
  return {};
}

Status Consumer::SaveIfChanged() {
  const Window::Kept& kept = window_.kept();
  const Window::Kept& saved = stored_.kept;
  // The time of the last use need only be known well enough to expire by it.
  const bool used =
      stored_.spec.expire_after &&
      std::chrono::milliseconds(used_ms_ - stored_.used_ms) * 10 >= *stored_.spec.expire_after;
  if (kept.acknowledged == saved.acknowledged && kept.handed == saved.handed &&
      kept.marks == saved.marks && kept.gap.has_value() == saved.gap.has_value() && !used) {
    return {};
  }
  return Save();
}

void Consumer::Touch() { used_ms_ = UnixMs(parts_.runtime.clock().WallNow()); }

}  // namespace notify::agent::consumer
