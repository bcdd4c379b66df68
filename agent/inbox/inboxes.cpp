#include "agent/inbox/inboxes.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/inbox/inbox_entry.hpp"
#include "agent/inbox/inbox_events.hpp"
#include "agent/inbox/inbox_store.hpp"
#include "common/json_text.hpp"

namespace notify::agent::inbox {
namespace {

Result<Sequence> PlaceOf(const std::string& after) {
  Sequence place;
  if (after.empty()) return place;
  const char* const end = after.data() + after.size();
  const auto [read, ec] = std::from_chars(after.data(), end, place.value);
  constexpr std::uint64_t kMost = (std::uint64_t{1} << 53) - 1;
  if (ec == std::errc{} && read == end && place.value > 0 && place.value <= kMost) return place;
  return Fail(Errc::kInvalidArgument, "'cursor' is not one that the agent gave.",
              "Pass on the `next` of the page before as it is, or leave it out to begin again.");
}

}  // namespace

std::string PageJson(const Page& page, std::string_view next) {
  std::string json = "{\"items\":[";
  for (const std::string& item : page.items) {
    if (json.back() != '[') json += ',';
    json += item;
  }
  json += "],\"next\":";
  if (next.empty()) {
    json += "null";
  } else {
    AppendJsonString(json, next);
  }
  return json + ",\"unread\":" + std::to_string(page.unread) + "}";
}

std::string MarkedJson(const Marked& marked) {
  return "{\"changed\":" + std::to_string(marked.changed) +
         ",\"unread\":" + std::to_string(marked.unread) + "}";
}

/// While it lives, the entry stays.
class Inboxes::Call {
 public:
  explicit Call(Entry& entry) : entry_(entry) { ++entry_.calls; }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    --entry_.calls;
    entry_.progress.Notify();
  }

 private:
  Entry& entry_;
};

Inboxes::Inboxes(InboxParts parts, Options options)
    : parts_(parts),
      options_(options),
      tasks_(parts.runtime.platform()),
      badges_(parts.runtime, parts.live, options.badge_pace,
              [this](const TenantHandle& tenant, const std::string& user) {
                return UnreadOf(tenant, user);
              }) {}

Inboxes::~Inboxes() = default;

std::int64_t Inboxes::OldestKept(const TenantHandle& tenant) const {
  using std::chrono::milliseconds;
  const auto& own = tenant.record().settings.inbox.max_age_ms;
  const auto age = own ? milliseconds(*own) : std::chrono::ceil<milliseconds>(options_.retention);
  const auto now = std::chrono::floor<milliseconds>(parts_.runtime.clock().WallNow());
  return (now.time_since_epoch() - age).count();
}

std::size_t Inboxes::MostItems(const TenantHandle& tenant) const {
  return tenant.record().settings.inbox.max_items.value_or(options_.max_items);
}

Result<Inboxes::Entry*> Inboxes::EntryOf(const TenantHandle& tenant) {
  if (tasks_.stopping()) return Fail(Errc::kUnavailable, "The agent is stopping.");
  const auto found = entries_.find(tenant.id());
  if (found != entries_.end()) {
    Entry& entry = *found->second;
    if (entry.let_go || entry.tenant.record().epoch != tenant.record().epoch) {
      return Fail(Errc::kUnavailable, "The tenant is being stopped.");
    }
    if (entry.tenant.record().revision < tenant.record().revision) entry.tenant = tenant;
    return &entry;
  }
  // It is there once it is loaded: a handle that outlived its tenant loads nothing.
  auto entry = std::make_unique<Entry>(tenant);
  if (auto loaded = Load(*entry); !loaded) return loaded.error();
  return entries_.emplace(tenant.id(), std::move(entry)).first->second.get();
}

Status Inboxes::Load(Entry& entry) {
  auto state = parts_.databases.Open(entry.tenant, InboxStore::kSchema);
  if (!state) return state.error();
  InboxStore store(**state, entry.tenant, parts_.runtime.random());
  const auto stand = store.Stand();
  if (!stand) return stand.error();
  const auto oldest = store.Oldest();
  if (!oldest) return oldest.error();
  entry.position = entry.saved = *stand;
  entry.oldest_ms = *oldest;
  return {};
}

async::Task<Result<Inboxes::Entry*>> Inboxes::CaughtUp(TenantHandle tenant) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry;
  const Call call(**entry);
  auto head = co_await parts_.events.Head(tenant);
  if (!head) co_return head.error();
  co_await Reach(**entry, {head->epoch, head->last});
  if ((*entry)->let_go || tasks_.stopping()) {
    co_return Fail(Errc::kUnavailable, "The tenant is being stopped.");
  }
  co_return entry;
}

async::Task<void> Inboxes::Reach(Entry& entry, Position target) {
  entry.head = std::max(entry.head, target);
  const auto until = parts_.runtime.clock().Now() + options_.patience;
  ++entry.waiting;
  while (entry.position < target && !entry.let_go && !tasks_.stopping()) {
    const auto now = parts_.runtime.clock().Now();
    if (now >= until) break;
    Queue(entry);
    co_await entry.progress.WaitFor(parts_.runtime.platform_timers(), until - now);
    if (!entry.last && !entry.running && !entry.queued) break;
  }
  --entry.waiting;
}

Result<std::size_t> Inboxes::UnreadOf(const TenantHandle& tenant, const std::string& user) {
  auto entry = EntryOf(tenant);
  if (!entry) return entry.error();
  auto state = parts_.databases.Open(tenant, InboxStore::kSchema);
  if (!state) return state.error();
  return InboxStore(**state, tenant, parts_.runtime.random()).Unread(user, OldestKept(tenant));
}

async::Task<Result<Page>> Inboxes::List(TenantHandle tenant, std::string user, Query query) {
  async::RunOn here(parts_.runtime.platform(),
                    ListHere(std::move(tenant), std::move(user), std::move(query)));
  co_return co_await here;
}

async::Task<Result<Page>> Inboxes::ListHere(TenantHandle tenant, std::string user, Query query) {
  const auto before = PlaceOf(query.after);
  if (!before) co_return before.error();
  auto entry = co_await CaughtUp(tenant);
  if (!entry) co_return entry.error();
  auto state = parts_.databases.Open(tenant, InboxStore::kSchema);
  if (!state) co_return state.error();
  InboxStore store(**state, tenant, parts_.runtime.random());
  const std::int64_t since = OldestKept(tenant);
  auto listed = store.List(user, query.view, *before, since, query.limit, query.max_bytes);
  if (!listed) co_return listed.error();
  auto unread = store.Unread(user, since);
  if (!unread) co_return unread.error();
  Page page;
  page.unread = *unread;
  for (const Item& item : listed->items) {
    page.items.push_back(ItemJson(item, (*entry)->position.epoch));
  }
  if (listed->more) page.next = std::to_string(listed->items.back().sequence.value);
  co_return page;
}

async::Task<Result<std::size_t>> Inboxes::Unread(TenantHandle tenant, std::string user) {
  async::RunOn here(parts_.runtime.platform(), UnreadHere(std::move(tenant), std::move(user)));
  co_return co_await here;
}

async::Task<Result<std::size_t>> Inboxes::UnreadHere(TenantHandle tenant, std::string user) {
  auto entry = co_await CaughtUp(tenant);
  if (!entry) co_return entry.error();
  co_return UnreadOf(tenant, user);
}

async::Task<Result<Marked>> Inboxes::Mark(TenantHandle tenant, std::string user, Action action,
                                          Selection selection, std::string actor) {
  Marking marking{action, std::move(user), std::move(selection.ids), std::nullopt};
  async::RunOn here(parts_.runtime.platform(),
                    MarkHere(std::move(tenant), std::move(marking), std::move(selection.up_to),
                             std::move(actor)));
  co_return co_await here;
}

async::Task<Result<Marked>> Inboxes::MarkHere(TenantHandle tenant, Marking marking,
                                              std::string up_to, std::string actor) {
  auto entry = co_await CaughtUp(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  auto changing = Resolve(tenant, up_to, marking);
  if (!changing) co_return changing.error();
  if (*changing > 0) {
    std::vector<OwnEvent> events;
    events.push_back(MarkingEvent(marking, actor));
    auto told = co_await parts_.feedback.Append(tenant, std::move(events));
    if (!told) co_return told.error();
    co_await Reach(**entry, told->front().position);
  }
  const auto unread = UnreadOf(tenant, marking.user);
  if (!unread) co_return unread.error();
  co_return Marked{*changing, *unread};
}

Result<std::size_t> Inboxes::Resolve(const TenantHandle& tenant, const std::string& up_to,
                                     Marking& marking) {
  auto state = parts_.databases.Open(tenant, InboxStore::kSchema);
  if (!state) return state.error();
  InboxStore store(**state, tenant, parts_.runtime.random());
  if (!up_to.empty()) {
    const auto place = store.Find(marking.user, up_to);
    if (!place) return place.error();
    if (!*place) {
      return Fail(Errc::kNotFound, "The notification in 'upTo' is not in the inbox.",
                  "Take the id of one that the inbox shows.");
    }
    marking.up_to = UpTo{up_to, **place};
  }
  return store.Narrow(marking);
}

async::Task<Status> Inboxes::Rebuild(TenantHandle tenant) {
  async::RunOn here(parts_.runtime.platform(), RebuildHere(std::move(tenant)));
  co_return co_await here;
}

async::Task<Status> Inboxes::RebuildHere(TenantHandle tenant) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  auto head = co_await parts_.events.Head(tenant);
  if (!head) co_return head.error();
  if (head->first.value > 1) {
    const Position gone{head->epoch, Sequence{head->first.value - 1}};
    co_return Fail(Errc::kGap,
                   "The log no longer begins at its first event; inboxes built from it again "
                   "would lose what came up to " +
                       gone.ToString() + ".");
  }
  while ((*entry)->running) co_await (*entry)->progress.Wait();
  const Position target{head->epoch, head->last};
  (*entry)->known = (*entry)->position;
  if (auto begun = BeginAgain(**entry, {head->epoch, Sequence{0}}); !begun) co_return begun;
  while ((*entry)->position < target) {
    co_await Reach(**entry, target);
    if ((*entry)->let_go || tasks_.stopping()) {
      co_return Fail(Errc::kUnavailable, "The tenant is being stopped.");
    }
    if (!(*entry)->last) co_return (*entry)->last;
  }
  co_return Status();
}

void Inboxes::Greet(const TenantHandle& tenant, const std::string& user) {
  if (tasks_.stopping()) return;
  auto entry = EntryOf(tenant);
  if (!entry) return;
  if (!(*entry)->follows) {
    tasks_.Spawn(GreetHere(tenant, user));
    return;
  }
  // What changes from now on is told as it changes.
  if (!(*entry)->oldest_ms) return;
  const auto unread = UnreadOf(tenant, user);
  if (unread && *unread > 0) badges_.Changed(tenant, user);
}

async::Task<void> Inboxes::GreetHere(TenantHandle tenant, std::string user) {
  const auto entry = co_await CaughtUp(tenant);
  if (!entry) co_return;
  const auto unread = UnreadOf(tenant, user);
  if (unread && *unread > 0) badges_.Changed(tenant, user);
}

}  // namespace notify::agent::inbox
