#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/event_source.hpp"
#include "agent/flow/feedback.hpp"
#include "agent/flow/retention_hold.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/projection/key_states.hpp"
#include "agent/projection/page_fold.hpp"
#include "agent/projection/projection_store.hpp"
#include "agent/projection/tenant_projections.hpp"
#include "agent/store/tenant_database.hpp"

namespace notify::agent::projection {

/// What projections work with; all of it outlives them.
struct ProjectionParts {
  async::Runtime& runtime;
  EventSource& events;
  store::TenantDatabases& databases;
  Feedback& feedback;  ///< Tells `tenant.projection.changed` and `tenant.projection.deleted`.
};

/// The projections that tenants registered: each follows its tenant's log after a position of its
/// own, which is written together with the states that it led to. A rebuild makes the next
/// generation beside the one that serves, from where the log begins; they change places when it has
/// caught up, and a restart goes on where it was.
///
/// Lifetime: outlives its tasks, because Stop() is awaited before it goes.
/// Threads:  calls that give a Task from any executor; the rest on the platform executor.
class Projections final : public EventConsumer, public TenantHolder, public RetentionHold {
 public:
  struct Options {
    std::size_t most = 50;  ///< Projections of a tenant.
    FoldLimits limits;
    std::size_t busy_tenants = 4;  ///< Tenants that are read at once.
    /// Between two turns of a tenant that is not behind: what comes in between is one write.
    Clock::Duration pace = std::chrono::milliseconds(100);
    Clock::Duration retry = std::chrono::seconds(5);     ///< After a turn that failed.
    Clock::Duration patience = std::chrono::seconds(2);  ///< A query waits so long for the head.
  };

  Projections(ProjectionParts parts, Options options);
  ~Projections() override;
  Projections(const Projections&) = delete;
  Projections& operator=(const Projections&) = delete;

  /// What makes a projection begin where the log no longer does.
  enum class From {
    kFirst,     ///< The log's first event: refused where that is gone.
    kRetained,  ///< The oldest event that is still there.
  };

  /// Registers a projection, which begins with the log; durable when it returns; as JSON.
  ///
  /// kConflict  there is one of that name, or there are as many as there may be.
  /// kGap       the log no longer begins at its first event; see From.
  async::Task<Result<std::string>> Create(TenantHandle tenant, Definition definition, From from);
  /// The same, but another definition under a name that is there is a rebuild; the same one changes
  /// nothing.
  async::Task<Result<std::string>> Put(TenantHandle tenant, Definition definition, From from);
  /// Builds it again from the log; goes on with a rebuild that is under way. As JSON. kNotFound,
  /// kGap.
  async::Task<Result<std::string>> Rebuild(TenantHandle tenant, std::string name, From from);
  /// As JSON. kNotFound.
  async::Task<Result<std::string>> Get(TenantHandle tenant, std::string name);
  struct Listed {
    std::string name;
    std::string json;
  };
  /// By name, at most `limit` of those behind `after`.
  async::Task<Result<std::vector<Listed>>> List(TenantHandle tenant, std::string after,
                                                std::size_t limit);
  /// With all its states. kNotFound.
  async::Task<Status> Delete(TenantHandle tenant, std::string name);

  /// What a query asks for: one key, or a page of all.
  struct Query {
    std::optional<std::string> key;
    std::string after;  ///< A place, KeyState::place.
    std::size_t limit = 50;
  };
  struct Answer {
    Position position;  ///< Up to here it counts.
    Position head;      ///< Of the log.
    std::vector<KeyState> items;
    std::string next;  ///< The place to go on after; empty at the end.
  };
  /// The states as they stand. Waits a little for what was acknowledged before, so that who
  /// publishes and then asks sees its event; `position` says how far it is where that takes longer.
  ///
  /// kNotFound  no projection of that name, or no such key in it.
  async::Task<Result<Answer>> Ask(TenantHandle tenant, std::string name, Query query);

  void HeadMoved(const TenantHandle& tenant, Position head) override;
  async::Task<void> LetGo(TenantHandle tenant) override;
  async::Task<Result<std::vector<HeldEvents>>> HeldBy(TenantHandle tenant) override;

  /// Finds the projections of these tenants, one after another, and goes on with them.
  void Resume(std::vector<TenantHandle> tenants);
  /// Ends reading.
  async::Task<void> Stop();

 private:
  using Entry = TenantProjections;
  class Call;

  async::Task<Result<std::string>> PutHere(TenantHandle tenant, Definition definition, From from,
                                           bool replace);
  async::Task<Result<std::string>> RebuildHere(TenantHandle tenant, std::string name, From from);
  async::Task<Result<std::string>> GetHere(TenantHandle tenant, std::string name);
  async::Task<Result<std::vector<Listed>>> ListHere(TenantHandle tenant, std::string after,
                                                    std::size_t limit);
  async::Task<Status> DeleteHere(TenantHandle tenant, std::string name);
  async::Task<Result<Answer>> AskHere(TenantHandle tenant, std::string name, Query query);
  async::Task<Status> CatchUp(Entry& entry, std::string name);
  async::Task<void> ResumeAll(std::vector<TenantHandle> tenants);
  async::Task<void> Tell(TenantHandle tenant, std::string type, std::string name,
                         std::int64_t version);

  Result<Entry*> EntryOf(const TenantHandle& tenant);
  Result<Registered*> Find(Entry& entry, const std::string& name);
  static Error NotFromTheFirst(const Gap& missing);
  Status Add(Entry& entry, Definition definition, Position begin, std::string gap);
  Status BeginBuilding(Entry& entry, Registered& registered, Definition definition, Position begin,
                       std::string gap);

  void Queue(Entry& entry);
  void Pump();
  async::Task<void> RunTurn(Entry& entry);
  async::Task<Status> Turn(Entry& entry);
  Status TakePage(Entry& entry, const ReadPage& page, Position from,
                  const std::vector<std::int64_t>& generations);
  Status BeginAgain(Entry& entry, const Gap& gap, Registered& registered);
  Status SwapWhoCaughtUp(Entry& entry);
  Status Sweep(Entry& entry);
  void ArmAfter(Entry& entry, Clock::Duration delay);

  const ProjectionParts parts_;
  const Options options_;
  async::TaskGroup tasks_;
  std::map<TenantId, std::unique_ptr<Entry>> entries_;
  std::deque<Entry*> ready_;
  std::size_t turns_ = 0;  // Under way.
};

}  // namespace notify::agent::projection
