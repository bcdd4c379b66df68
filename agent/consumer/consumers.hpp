#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/consumer/consumer.hpp"
#include "agent/flow/retention_hold.hpp"
#include "agent/flow/tenant_holder.hpp"

namespace notify::agent::consumer {

/// The durable consumers of all tenants: everything that acknowledges goes through here. Callers
/// name a consumer; those of the hub are `hub/<user>/<name>`, which no request can name.
///
/// Lifetime: outlives its tasks, because Stop() is awaited before it goes.
/// Threads:  calls that give a Task from any executor; the rest on the platform executor.
class Consumers final : public EventConsumer, public TenantHolder, public RetentionHold {
 public:
  /// As many as a tenant may have, beside those of the hub.
  static constexpr std::size_t kMost = 1000;
  /// As many as a tenant may have through the hub.
  static constexpr std::size_t kMostOfHub = 10'000;
  /// As many as one user may have through the hub.
  static constexpr std::size_t kMostOfOwner = 32;

  explicit Consumers(ConsumerParts parts);
  ~Consumers() override;
  Consumers(const Consumers&) = delete;
  Consumers& operator=(const Consumers&) = delete;

  /// Makes a consumer, durable when it returns; as JSON.
  ///
  /// kConflict  there is one of that name, or there are kMost.
  async::Task<Result<std::string>> Create(TenantHandle tenant, ConsumerDraft draft);
  /// The same, but replaces what one of that name is asked to be. It keeps its position unless the
  /// draft has one.
  async::Task<Result<std::string>> Put(TenantHandle tenant, ConsumerDraft draft);
  /// As JSON. kNotFound.
  async::Task<Result<std::string>> Get(TenantHandle tenant, std::string name);
  struct Listed {
    std::string name;
    std::string json;
  };
  /// By name, at most `limit` of those behind `after`.
  async::Task<Result<std::vector<Listed>>> List(TenantHandle tenant, std::string after,
                                                std::size_t limit);
  /// kNotFound. Its dead letters stay.
  async::Task<Status> Delete(TenantHandle tenant, std::string name);

  /// See Consumer. kNotFound where there is none of that name, also where it goes meanwhile;
  /// kUnavailable while the agent stops.
  async::Task<Result<Fetched>> Fetch(TenantHandle tenant, std::string name, FetchRequest request);
  /// What Fetch gave did not reach its caller; with a claim, as long as that holds the consumer.
  async::Task<void> TakeBack(TenantHandle tenant, std::string name, Fetched fetched,
                             Reached reached, std::uint64_t claim = 0);
  /// The same in a later turn, for who does not wait; before Stop only.
  void TakeBackSoon(TenantHandle tenant, std::string name, Fetched fetched, Reached reached);
  /// kInvalidArgument: the position is ahead of the log.
  async::Task<Result<Position>> Acknowledge(TenantHandle tenant, std::string name,
                                            Position position, std::uint64_t claim = 0);
  async::Task<Result<Refusal>> Refuse(TenantHandle tenant, std::string name, Position position);

  /// A claim that began.
  struct Begun {
    std::uint64_t claim = 0;
    Consumer::Standing standing;
  };
  /// Begins a claim on a consumer of the hub (Consumer::Begin), which is made where there is none;
  /// one that is there goes on where it stands, whatever the draft's position, with what the draft
  /// asks it to be.
  ///
  /// kConflict  there are kMostOfHub, or kMostOfOwner whose name differs behind the last slash
  /// only.
  async::Task<Result<Begun>> Begin(TenantHandle tenant, ConsumerDraft draft);
  /// The holder of a claim is gone.
  async::Task<void> End(TenantHandle tenant, std::string name, std::uint64_t claim);

  /// Gives a dead letter back to its consumer. False where it already was.
  ///
  /// kConflict  its consumer is gone, or its event was.
  Result<bool> GiveBack(const TenantHandle& tenant, const std::string& letter);
  /// Takes a dead letter away, for good. kNotFound.
  Status Bin(const TenantHandle& tenant, const std::string& letter);

  void HeadMoved(const TenantHandle& tenant, Position head) override;
  async::Task<void> LetGo(TenantHandle tenant) override;
  async::Task<Result<std::vector<HeldEvents>>> HeldBy(TenantHandle tenant) override;

  /// Finds the consumers of these tenants, one after another, so that their lag is known.
  void Resume(std::vector<TenantHandle> tenants);
  /// Every few seconds: writes where consumers stand, removes those that nobody uses.
  void Sweep();
  /// Waiting calls end with nothing.
  void EndWaits();
  /// EndWaits, writes where consumers stand, and ends what is under way.
  async::Task<void> Stop();

 private:
  using ConsumerPtr = std::shared_ptr<Consumer>;
  /// The consumers of one tenant; one without any goes with the next sweep.
  struct Entry {
    explicit Entry(TenantHandle handle) : tenant(std::move(handle)) {}
    TenantHandle tenant;
    std::map<std::string, ConsumerPtr> consumers;
    std::size_t calls = 0;  // Under way.
    bool let_go = false;
    async::Signal call_ended;
  };
  class Call;
  /// A consumer that stays while it is used.
  struct Held;
  enum class IfThere {
    kRefuse,
    kReplace,   ///< What it is asked to be, and its position where the draft has one.
    kContinue,  ///< What it is asked to be; its position stays.
  };

  async::Task<Result<std::string>> PutHere(TenantHandle tenant, ConsumerDraft draft, bool replace);
  async::Task<Result<std::string>> GetHere(TenantHandle tenant, std::string name);
  async::Task<Result<std::vector<Listed>>> ListHere(TenantHandle tenant, std::string after,
                                                    std::size_t limit);
  async::Task<Result<Fetched>> FetchHere(TenantHandle tenant, std::string name,
                                         FetchRequest request);
  async::Task<Result<Position>> AcknowledgeHere(TenantHandle tenant, std::string name,
                                                Position position, std::uint64_t claim);
  async::Task<Result<Begun>> BeginHere(TenantHandle tenant, ConsumerDraft draft);
  async::Task<Result<Refusal>> RefuseHere(TenantHandle tenant, std::string name, Position position);
  async::Task<void> ResumeAll(std::vector<TenantHandle> tenants);

  /// Makes a consumer, or changes the one that is there.
  async::Task<Result<ConsumerPtr>> Make(TenantHandle tenant, ConsumerDraft draft, IfThere if_there);
  Result<ConsumerPtr> Change(Entry& entry, Consumer& there, ConsumerDraft draft, IfThere if_there);
  static Status CheckRoom(const Entry& entry, const std::string& name);

  Result<Entry*> EntryOf(const TenantHandle& tenant);
  void TakeBackHere(const TenantHandle& tenant, const std::string& name, const Fetched& fetched,
                    Reached reached, std::uint64_t claim);
  Result<Held> Hold(const TenantHandle& tenant, const std::string& name);
  /// What was given is given back to a consumer that is there; one of a tenant that was let go of
  /// must not be opened for it. Null where it is not.
  Consumer* FindLoaded(const TenantHandle& tenant, const std::string& name);
  Status Load(Entry& entry);
  Result<Consumer*> Find(Entry& entry, const std::string& name);
  Result<Consumer*> Add(Entry& entry, StoredConsumer stored);
  Status Remove(Entry& entry, const std::string& name);
  void RemoveExpired(Entry& entry);
  void Rest(Entry& entry);
  async::Task<void> LookAtHead(Entry& entry);
  async::Task<void> LetGoOf(Entry& entry, Error why);

  const ConsumerParts parts_;
  async::TaskGroup tasks_;
  std::map<TenantId, std::unique_ptr<Entry>> entries_;
  bool waits_end_ = false;
  std::uint64_t last_claim_ = 0;
};

}  // namespace notify::agent::consumer
