#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/consumer/consumer_spec.hpp"
#include "agent/consumer/window.hpp"
#include "agent/store/database.hpp"

namespace notify::agent::consumer {

/// The tables of this stage in state.db: consumers and dead letters.
extern const store::StageSchema kConsumerSchema;

/// A time as state.db has it.
std::int64_t UnixMs(Clock::WallTime time);

/// One consumer as state.db has it.
struct StoredConsumer {
  ConsumerSpec spec;
  Window::Kept kept;
  std::int64_t created_ms = 0;
  std::int64_t used_ms = 0;  ///< When it was last fetched from or acknowledged to, roughly.
};

/// The consumers of one tenant in its state.db.
///
/// Lifetime: short; refers to the database.
/// Threads:  that of the database.
class ConsumerStore {
 public:
  explicit ConsumerStore(store::Database& state) : state_(state) {}

  /// All, by name. kInternal where a row cannot be read.
  Result<std::vector<StoredConsumer>> List();
  /// Adds or replaces one.
  Status Put(const StoredConsumer& consumer);
  /// Writes where one stands.
  Status Save(const std::string& name, const Window::Kept& kept, std::int64_t used_ms);
  Status Delete(const std::string& name);

 private:
  store::Database& state_;
};

}  // namespace notify::agent::consumer
