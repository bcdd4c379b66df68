#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/flow/feedback.hpp"
#include "agent/flow/live_sink.hpp"
#include "agent/flow/retention_hold.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/inbox/badges.hpp"
#include "agent/inbox/marking.hpp"
#include "agent/inbox/requests.hpp"
#include "agent/store/tenant_database.hpp"

namespace notify::agent::inbox {

/// What inboxes work with; all of it outlives them.
struct InboxParts {
  async::Runtime& runtime;
  EventSource& events;
  Feedback& feedback;  ///< Tells `notification.read` and the like.
  store::TenantDatabases& databases;
  LiveSink& live;  ///< Where badges go.
};

/// A page of a user's inbox, the newest notification first.
struct Page {
  std::vector<std::string> items;  ///< JSON, as ItemJson.
  std::size_t unread = 0;          ///< In the whole inbox.
  std::string next;                ///< Query::after of the next page; empty: this is the last.
};

/// What became of a marking.
struct Marked {
  std::size_t changed = 0;  ///< Notifications that are otherwise now.
  std::size_t unread = 0;   ///< In the whole inbox.
};

/// `{items, next, unread}`; `next` is the cursor to show, empty for none.
std::string PageJson(const Page& page, std::string_view next);
/// `{changed, unread}`
std::string MarkedJson(const Marked& marked);

/// The in-app notifications of each tenant's users, kept until they are read, and after: a
/// projection of the tenant's log. `notification.created` puts one in, `notification.read` and its
/// like say what its user did with it; the position up to which that is done is written together
/// with it. A user is told its unread count as it changes; see Badges.
///
/// Lifetime: outlives its tasks, because Stop() is awaited before it goes.
/// Threads:  calls that give a Task from any executor; the rest on the platform executor.
class Inboxes final : public EventConsumer, public TenantHolder, public RetentionHold {
 public:
  struct Options {
    Clock::Duration retention = std::chrono::hours(24 * 90);  ///< Older notifications go,
    std::size_t max_items = 1000;                             ///< a user's oldest beyond so many,
    std::size_t max_tenant_items = 1'000'000;                 ///< and a tenant's.
    Clock::Duration badge_pace = std::chrono::milliseconds(250);  ///< Between two badges of a user.
    /// Between two turns of a tenant that is not behind: what comes in between is one write.
    Clock::Duration pace = std::chrono::milliseconds(50);
    /// The same for a tenant whose inboxes are empty: most have none, and publish all the same.
    Clock::Duration idle_pace = std::chrono::milliseconds(250);
    Clock::Duration retry = std::chrono::seconds(5);     ///< After a turn that failed.
    Clock::Duration patience = std::chrono::seconds(2);  ///< A call waits so long for the head.
    std::uint64_t save_events = 100'000;  ///< A position that nothing hangs on is written so often.
  };

  Inboxes(InboxParts parts, Options options);
  ~Inboxes() override;
  Inboxes(const Inboxes&) = delete;
  Inboxes& operator=(const Inboxes&) = delete;

  /// A page of `user`'s inbox. It holds whatever was acknowledged before; where the log is far
  /// ahead, it waits for that as long as Options::patience.
  ///
  /// kInvalidArgument  `query.after` is not one that a page gave.
  async::Task<Result<Page>> List(TenantHandle tenant, std::string user, Query query);
  /// How many unread notifications `user` has.
  async::Task<Result<std::size_t>> Unread(TenantHandle tenant, std::string user);
  /// Does `action` to those notifications of `user` that `selection` means; ids that are not in the
  /// inbox mean none. Durable when it returns; where nothing changes, nothing is written. `actor`
  /// is who does it, as in the audit.
  ///
  /// kNotFound  the notification in `selection.up_to` is not in the inbox.
  async::Task<Result<Marked>> Mark(TenantHandle tenant, std::string user, Action action,
                                   Selection selection, std::string actor);
  /// Throws the tenant's inboxes away and builds them again from its log; returns when they have
  /// caught up.
  ///
  /// kGap  the log no longer begins at its first event: what is gone there would be lost here.
  async::Task<Status> Rebuild(TenantHandle tenant);

  /// `user` is live now: it is told its count where it has unread notifications.
  void Greet(const TenantHandle& tenant, const std::string& user);

  void HeadMoved(const TenantHandle& tenant, Position head) override;
  async::Task<void> LetGo(TenantHandle tenant) override;
  async::Task<Result<std::vector<HeldEvents>>> HeldBy(TenantHandle tenant) override;

  /// Finds the inboxes of these tenants, one after another, so that Sweep knows them.
  void Resume(std::vector<TenantHandle> tenants);
  /// Removes what is older than it may be, some of each tenant; called every few seconds.
  void Sweep();
  async::Task<void> Stop();

 private:
  struct Entry;
  class Call;

  async::Task<Result<Page>> ListHere(TenantHandle tenant, std::string user, Query query);
  async::Task<Result<std::size_t>> UnreadHere(TenantHandle tenant, std::string user);
  async::Task<Result<Marked>> MarkHere(TenantHandle tenant, Marking marking, std::string up_to,
                                       std::string actor);
  async::Task<Status> RebuildHere(TenantHandle tenant);
  async::Task<void> GreetHere(TenantHandle tenant, std::string user);
  async::Task<void> ResumeAll(std::vector<TenantHandle> tenants);

  Result<Entry*> EntryOf(const TenantHandle& tenant);
  Status Load(Entry& entry);
  async::Task<Result<Entry*>> CaughtUp(TenantHandle tenant);
  async::Task<void> Reach(Entry& entry, Position target);
  Result<std::size_t> Resolve(const TenantHandle& tenant, const std::string& up_to,
                              Marking& marking);
  Result<std::size_t> UnreadOf(const TenantHandle& tenant, const std::string& user);
  std::int64_t OldestKept(const TenantHandle& tenant) const;
  std::size_t MostItems(const TenantHandle& tenant) const;

  void Queue(Entry& entry);
  async::Task<void> Run();
  async::Task<Status> Turn(Entry& entry);
  Status TakePage(Entry& entry, const ReadPage& page);
  Status BeginAgain(Entry& entry, Position position);
  Status Save(Entry& entry);
  Status SweepOne(Entry& entry, std::int64_t before_ms);
  void ArmAfter(Entry& entry, Clock::Duration delay);

  const InboxParts parts_;
  const Options options_;
  async::TaskGroup tasks_;
  std::map<TenantId, std::unique_ptr<Entry>> entries_;
  std::deque<Entry*> ready_;
  bool running_ = false;
  Badges badges_;
};

}  // namespace notify::agent::inbox
