#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_handle.hpp"
#include "agent/store/aead.hpp"
#include "agent/store/database.hpp"

namespace notify::agent::projection {

/// What a generation keeps for one key.
struct KeyState {
  std::string key;
  std::string state;           ///< A JSON object.
  std::uint64_t sequence = 0;  ///< Of the last event that changed it.
  std::string place;           ///< Where a list goes on: kPlaceBytes bytes.
};

/// The states of one tenant's generations in its state.db, sealed with its key: both the states and
/// the keys are what events hold. A key is found by its keyed hash, and lists go in that order.
///
/// Lifetime: short; refers to the database.
/// Threads:  that of the database.
class KeyStates {
 public:
  static constexpr std::size_t kPlaceBytes = 16;

  KeyStates(store::Database& state, TenantHandle tenant, Random& random)
      : state_(state),
        tenant_(std::move(tenant)),
        random_(random),
        aead_(tenant_.record().data_key) {}

  /// kInternal where it was damaged or moved here from elsewhere.
  Result<std::optional<KeyState>> Find(std::int64_t generation, std::string_view key);
  Status Put(std::int64_t generation, const KeyState& state);
  Status Remove(std::int64_t generation, std::string_view key);
  struct Page {
    std::vector<KeyState> items;
    bool more = false;
  };
  /// Behind the place `after`, which may be empty; at most `limit` and about `max_bytes` of them,
  /// but one where there is one.
  Result<Page> List(std::int64_t generation, std::string_view after, std::size_t limit,
                    std::size_t max_bytes);

 private:
  std::string PlaceOf(std::string_view key) const;
  std::string Context(std::int64_t generation, std::string_view place) const;
  Result<KeyState> Open(std::int64_t generation, const store::Row& row);

  store::Database& state_;
  const TenantHandle tenant_;
  Random& random_;
  store::Aead aead_;
};

}  // namespace notify::agent::projection
