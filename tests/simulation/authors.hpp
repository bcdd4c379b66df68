#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/simulation/subscribers.hpp"

namespace notify::simulation {

/// An event that will be published until it is acknowledged, always under the same id.
struct Planned {
  std::string id;
  std::string type;
  std::string json;
};

/// What a publisher of a tenant will publish: quotes and others, some long, some for later.
std::vector<Planned> PlanOf(sim::Dice& dice, const std::string& tenant, int publisher,
                            std::size_t count, Clock::WallTime begin);

/// Publishes its events, one by one or in batches, and tries again what failed or got no answer.
class Publisher final : public Party {
 public:
  /// It rests for up to `pace` between two requests.
  Publisher(std::string name, sim::Dice dice, std::vector<std::string> forbidden,
            const Credentials& credentials, std::vector<Planned> plan,
            std::chrono::milliseconds pace)
      : Party(std::move(name), dice, std::move(forbidden)),
        credentials_(credentials),
        plan_(std::move(plan)),
        pace_(pace) {}

  async::Task<void> Run(Net net, async::IoThread& io) override;
  bool done() const { return next_ == plan_.size(); }
  const std::vector<Planned>& plan() const { return plan_; }

  /// The ids that were acknowledged, with their sequence where the answer named it (else 0).
  std::map<std::string, std::uint64_t> acknowledged;

 private:
  Ask One() const;
  Ask Batch(std::size_t count) const;
  void TakeOne(const Answer& answer);
  void TakeBatch(const Answer& answer, std::size_t count);

  const Credentials& credentials_;
  const std::vector<Planned> plan_;
  const std::chrono::milliseconds pace_;
  std::size_t next_ = 0;
};

/// Makes the tenants, their keys and tokens over the agent's socket, each step until it succeeds.
class Operator final : public Party {
 public:
  Operator(sim::Dice dice, std::map<std::string, Credentials>& tenants)
      : Party("operator", dice, {}), tenants_(tenants) {}

  async::Task<void> Run(Net net, async::IoThread& io) override;
  bool done() const { return made_ == tenants_.size(); }

 private:
  async::Task<void> Make(HttpClient& client, std::string tenant, Credentials& credentials);

  std::map<std::string, Credentials>& tenants_;
  std::size_t made_ = 0;
};

/// Makes a tenant and takes it away, again and again.
class Churner final : public Party {
 public:
  Churner(sim::Dice dice, std::string tenant, int rounds)
      : Party("churner", dice, {}), tenant(std::move(tenant)), rounds_(rounds) {}

  async::Task<void> Run(Net net, async::IoThread& io) override;
  bool done() const { return rounds_ == 0; }

  /// What the last answer proved; nothing is known while a request is under way.
  enum class State { kUnknown, kThere, kGone };
  const std::string tenant;
  State state = State::kGone;

 private:
  int rounds_;
};

}  // namespace notify::simulation
