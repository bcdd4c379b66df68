#include "agent/hub/sessions.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <ranges>
#include <set>
#include <span>
#include <utility>

#include "common/encoding.hpp"
#include "common/failpoint.hpp"

namespace notify::agent::hub {
namespace {

constexpr auto kEvery = std::chrono::seconds(1);
constexpr auto kKeptFor = std::chrono::minutes(5);
// Of one thread; beyond it the oldest go.
constexpr std::size_t kMostDeparted = 100'000;
constexpr std::size_t kIdBytes = 16;

}  // namespace

Sessions::Sessions(async::IoThread& io, std::size_t index, Random& random, SessionKeeper& keeper,
                   async::TaskGroup& tasks, const Rooms& rooms)
    : io_(io), index_(index), random_(random), keeper_(keeper), tasks_(tasks), rooms_(rooms) {}

void Sessions::Begin(Client& client) {
  std::array<char, kIdBytes> bytes{};
  random_.Fill(std::as_writable_bytes(std::span(bytes)));
  client.session.id = ShortId(ToBase64Url({bytes.data(), bytes.size()}));
  client.session.began = client.session.marked = client.session.arrived = client.position();
  client.session.mark = client.subscriber->Given();
  flows_.try_emplace(client.room->tenant().id(), Flow{client.room->head(), {}});
  Changed(client);
  Arm();
}

void Sessions::Changed(Client& client) {
  client.session.changed = true;
  client.room->at_rest = false;
}

void Sessions::Left(const Client& client) {
  const SessionTrack& track = client.session;
  if (track.id.empty()) return;
  Departed departed{client.room->tenant(), client.info.actor, track.former.text(),
                    StateOf(client, false), io_.timers().clock().Now() + kKeptFor};
  Note(client, departed.state, false);
  if (!track.former.empty()) renamed_.insert_or_assign(track.former.text(), track.id.text());
  departed_.insert_or_assign(track.id.text(), std::move(departed));
  in_order_.push_back(track.id.text());
  left_.push_back(track.id.text());
  ForgetOld();
  Arm();
}

std::optional<SessionState> Sessions::Take(const TenantId& tenant, const std::string& session,
                                           const std::string& actor, const Client* but,
                                           ClientPtr& client) {
  const auto renamed = renamed_.find(session);
  const auto place = departed_.find(renamed == renamed_.end() ? session : renamed->second);
  if (place != departed_.end()) {
    const Departed& departed = place->second;
    const bool good = departed.tenant.id() == tenant && departed.actor == actor &&
                      departed.until > io_.timers().clock().Now();
    if (!good) return std::nullopt;
    std::optional<SessionState> state = departed.state;
    Forget(place);
    return state;
  }
  const auto room = rooms_.find(tenant);
  if (room == rooms_.end()) return std::nullopt;
  for (const ClientPtr& each : room->second->clients()) {
    SessionTrack& track = each->session;
    const bool named = track.id.view() == session || track.former.view() == session;
    if (!named || track.id.empty() || each->info.actor != actor || each.get() == but) continue;
    SessionState state = StateOf(*each, false);
    Note(*each, state, false);
    track.id = {};
    client = each;
    return state;
  }
  return std::nullopt;
}

void Sessions::PutBack(const Client& client, const std::string& session, SessionState state) {
  departed_.insert_or_assign(session, Departed{client.room->tenant(),
                                               client.info.actor,
                                               {},
                                               std::move(state),
                                               io_.timers().clock().Now() + kKeptFor});
  in_order_.push_back(session);
  Arm();
}

async::Task<void> Sessions::Resumed(ClientPtr client, std::string session) {
  client->session.former = ShortId(session);
  client->session.open = true;
  Changed(*client);
  Note(*client, StateOf(*client, true), true);
  co_await Keep();
}

SessionState Sessions::StateOf(const Client& client, bool open) {
  SessionState state;
  state.in_tenant_group = client.in_tenant_group;
  // A connection that was itself catching up has not sent all that the ones before it had.
  const auto reach = [open](Position arrived, Position position, const SentBefore* before) {
    Reach result{arrived, std::nullopt};
    if (!open) result.sent = position;
    if (!open && before != nullptr) {
      result.sent = std::max({position, before->until, before->resumed});
    }
    return result;
  };
  state.reach = reach(client.session.arrived, client.position(), client.sent_before.get());
  for (const Subscription& each : client.subscriptions) {
    state.subscriptions.push_back(
        {each.id.text(),
         each.filter->filter(),
         {},
         reach(each.arrived, client.PositionOf(each), each.sent_before.get())});
  }
  for (const DurablePtr& each : client.durables) {
    state.subscriptions.push_back({each->id, each->filter->filter(), each->name, {}});
  }
  return state;
}

void Sessions::Note(const Client& client, const SessionState& state, bool open) {
  SessionChange change{client.room->tenant(),
                       client.session.id.text(),
                       client.info.actor,
                       SessionText(state),
                       open,
                       open && client.session.follows};
  changes_.push_back(change);
  if (client.session.former.empty()) return;
  change.session = client.session.former.text();
  changes_.push_back(std::move(change));
}

void Sessions::Forget(std::map<std::string, Departed, std::less<>>::iterator place) {
  renamed_.erase(place->second.former);
  departed_.erase(place);
}

void Sessions::ForgetOld() {
  const Clock::TimePoint now = io_.timers().clock().Now();
  while (!in_order_.empty()) {
    const auto oldest = departed_.find(in_order_.front());
    if (oldest != departed_.end()) {
      if (oldest->second.until > now && departed_.size() <= kMostDeparted) break;
      Forget(oldest);
    }
    in_order_.pop_front();
  }
}

void Sessions::Arm() {
  if (looking_ || tasks_.stopping()) return;
  looking_ = true;
  tasks_.Spawn(LookAround());
}

async::Task<void> Sessions::LookAround() {
  const async::StopHook hook(tasks_, [this] { stop_.Notify(); });
  // Nothing is looked at where nobody is.
  while (!tasks_.stopping() && !(rooms_.empty() && departed_.empty() && changes_.empty())) {
    co_await stop_.WaitFor(io_.timers(), kEvery);
    co_await Keep();
    ForgetOld();
  }
  looking_ = false;
}

async::Task<void> Sessions::Keep() {
  std::vector<FlowMark> marks;
  for (const auto& [tenant, room] : rooms_) {
    Flow& flow = flows_.try_emplace(tenant, Flow{room->head(), {}}).first->second;
    if (room->at_rest && flow.looked == room->head() && flow.kept == flow.looked) continue;
    // Whoever follows is known to have what the last look found.
    room->at_rest = true;
    for (const ClientPtr& client : room->clients()) {
      Look(*client, flow.looked);
      room->at_rest = room->at_rest && IsAtRest(*client);
    }
    if (flow.kept != flow.looked) marks.push_back({room->tenant(), flow.looked});
    flow.kept = flow.looked;
    flow.looked = room->head();
  }
  std::erase_if(flows_, [this](const auto& each) { return !rooms_.contains(each.first); });
  if (changes_.empty() && marks.empty()) co_return;
  auto changes = std::exchange(changes_, {});
  auto left = std::exchange(left_, {});
  const Status kept = co_await keeper_.Keep(index_, changes, marks);
  if (!kept) {
    KeepLater(std::move(changes), marks);
    std::ranges::move(left, std::back_inserter(left_));
    co_return;
  }
  // The keeper has them now, so that what connections leave takes no memory.
  for (const std::string& session : left) {
    const auto place = departed_.find(session);
    if (place != departed_.end()) Forget(place);
  }
}

void Sessions::KeepLater(std::vector<SessionChange> changes, const std::vector<FlowMark>& marks) {
  for (const FlowMark& mark : marks) {
    const auto flow = flows_.find(mark.tenant.id());
    if (flow != flows_.end()) flow->second.kept = {};
  }
  std::ranges::move(changes_, std::back_inserter(changes));
  changes_.clear();
  // The last of each session counts, so that what waits is no more than there are sessions.
  std::set<std::string> known;
  for (SessionChange& change : std::views::reverse(changes)) {
    if (known.insert(change.session).second) changes_.push_back(std::move(change));
  }
}

bool Sessions::IsAtRest(const Client& client) {
  const SessionTrack& track = client.session;
  if (track.id.empty()) return true;
  const auto arrived = [](Position known, Position marked, Position now) {
    return known == marked && marked == now;
  };
  return !track.changed && track.follows && !client.IsBehind() &&
         arrived(track.arrived, track.marked, client.position()) &&
         std::ranges::all_of(client.subscriptions, [&](const Subscription& each) {
           return arrived(each.arrived, each.marked, client.PositionOf(each));
         });
}

void Sessions::Look(Client& client, Position flowed) {
  SessionTrack& track = client.session;
  if (track.id.empty() || client.subscriber == nullptr) return;
  const bool all_there = track.all_there || client.subscriber->Arrived() >= track.mark ||
                         NOTIFY_FAILPOINT(kSessionAhead);
  bool follows = true;
  bool moved = false;
  const auto look = [&](Position& arrived, Position& marked, Position now) {
    if (all_there) {
      moved = moved || arrived != marked;
      arrived = std::exchange(marked, now);
    }
    follows = follows && arrived >= flowed;
  };
  look(track.arrived, track.marked, client.position());
  for (Subscription& each : client.subscriptions) {
    look(each.arrived, each.marked, client.PositionOf(each));
  }
  if (all_there) {
    const std::uint64_t given = client.subscriber->Given();
    // Who is given nothing need not be asked again.
    track.all_there = given == track.mark;
    track.mark = given;
  }
  const bool same = track.open && !track.changed && track.follows == follows;
  if (same && (follows || !moved)) return;
  track.open = true;
  track.changed = false;
  track.follows = follows;
  Note(client, StateOf(client, true), true);
}

async::Task<void> Sessions::Stop() {
  // The connections are gone; their ends are not kept yet.
  if (!changes_.empty()) co_await keeper_.Keep(index_, std::exchange(changes_, {}), {});
}

}  // namespace notify::agent::hub
