#include "agent/quota/head_counts.hpp"

#include <chrono>
#include <unordered_map>

#include "agent/async/run_on.hpp"
#include "agent/quota/rate_gate.hpp"

namespace notify::agent::quota {

/// The numbers, by tenant and name.
///
/// Lifetime: shared by the counts, the slots and what is posted for it.
/// Threads:  `home`.
class HeadTable {
 public:
  explicit HeadTable(async::Executor& home) : home(home) {}

  std::uint32_t Of(const std::string& name) const {
    const auto known = counts_.find(name);
    return known == counts_.end() ? 0 : known->second;
  }
  void Add(const std::string& name) { ++counts_[name]; }
  void Remove(const std::string& name) {
    const auto known = counts_.find(name);
    if (known != counts_.end() && --known->second == 0) counts_.erase(known);
  }

  async::Executor& home;

 private:
  std::unordered_map<std::string, std::uint32_t> counts_;
};

/// Empty: it does not count.
struct HeadCounts::Names {
  std::string user;
  std::string address;
  bool empty() const { return user.empty() && address.empty(); }
};

namespace {

Error Refusal(std::string_view whose, std::uint32_t most) {
  Error error = Fail(Errc::kRateLimited,
                     "This " + std::string(whose) + " has the " + std::to_string(most) +
                         " connections that it may have.",
                     "Close one, or raise hub.limits.per_" + std::string(whose) + ".hard.");
  error.retry_after = kConnectAgainAfter;
  return error;
}

bool IsNear(const SoftHard& bound, std::uint32_t count) {
  return bound.soft && count >= *bound.soft;
}

}  // namespace

struct HeadSlot::Taken {
  explicit Taken(std::shared_ptr<HeadTable> of) : table(std::move(of)) {}
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;
  ~Taken() {
    async::Executor& home = table->home;
    home.Post([table = std::move(table), names = std::move(names)] {
      for (const std::string& name : names) table->Remove(name);
    });
  }

  // Shared with the HeadCounts, which may go first.
  std::shared_ptr<HeadTable> table;
  std::vector<std::string> names;
  bool user_near = false;
  bool address_near = false;
};

HeadSlot::HeadSlot() = default;
HeadSlot::HeadSlot(HeadSlot&& other) noexcept = default;
HeadSlot& HeadSlot::operator=(HeadSlot&& other) noexcept = default;
HeadSlot::~HeadSlot() = default;

bool HeadSlot::user_near() const { return taken_ && taken_->user_near; }
bool HeadSlot::address_near() const { return taken_ && taken_->address_near; }

HeadCounts::HeadCounts(async::Executor& home, Limits limits)
    : limits_(limits), table_(std::make_shared<HeadTable>(home)) {}

HeadCounts::Names HeadCounts::NamesOf(const TenantId& tenant, const std::string& user,
                                      const std::string& address) const {
  // Tenant ids have no space.
  Names names;
  if (limits_.per_user.any() && !user.empty()) names.user = tenant.text() + " user " + user;
  if (limits_.per_address.any() && !address.empty()) {
    names.address = tenant.text() + " address " + address;
  }
  return names;
}

Status HeadCounts::CheckHere(const Names& names) const {
  const auto full = [this](const SoftHard& bound, const std::string& name) {
    return bound.hard && !name.empty() && table_->Of(name) >= *bound.hard;
  };
  if (full(limits_.per_user, names.user)) return Refusal("user", *limits_.per_user.hard);
  if (full(limits_.per_address, names.address)) {
    return Refusal("address", *limits_.per_address.hard);
  }
  return {};
}

async::Task<Result<HeadSlot>> HeadCounts::Take(TenantId tenant, std::string user,
                                               std::string address) {
  const Names names = NamesOf(tenant, user, address);
  HeadSlot slot;
  if (names.empty()) co_return std::move(slot);
  const auto take = [&]() -> Status {
    if (auto may = CheckHere(names); !may) return may;
    slot.taken_ = std::make_unique<HeadSlot::Taken>(table_);
    HeadSlot::Taken& here = *slot.taken_;
    for (const std::string* name : {&names.user, &names.address}) {
      if (name->empty()) continue;
      table_->Add(*name);
      here.names.push_back(*name);
    }
    here.user_near = !names.user.empty() && IsNear(limits_.per_user, table_->Of(names.user));
    here.address_near =
        !names.address.empty() && IsNear(limits_.per_address, table_->Of(names.address));
    return {};
  };
  async::CallOn taking(table_->home, take);
  const Status taken = co_await taking;
  if (!taken) co_return taken.error();
  co_return std::move(slot);
}

async::Task<Status> HeadCounts::Check(TenantId tenant, std::string user, std::string address) {
  const Names names = NamesOf(tenant, user, address);
  if (names.empty()) co_return Status();
  const auto check = [&] { return CheckHere(names); };
  async::CallOn checking(table_->home, check);
  co_return co_await checking;
}

}  // namespace notify::agent::quota
