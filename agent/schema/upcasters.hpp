#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/schema/upcaster.hpp"
#include "common/model/event.hpp"

namespace notify::agent::schema {

/// Attributes of the agent on an event that is not as it is stored (docs/schemas.md): the versions
/// that its data came from and is of now; or why it could not be lifted.
inline constexpr std::string_view kUpcastFromAttribute = "upcastfrom";
inline constexpr std::string_view kUpcastToAttribute = "upcastto";
inline constexpr std::string_view kUpcastErrorAttribute = "upcasterror";

/// What a lifted event's views point into.
///
/// Lifetime: as long as the event is looked at.
/// Threads:  one.
struct LiftedParts {
  std::string data;
  std::string dataschema;
  std::string from;
  std::string to;
  std::string error;
};

/// The upcasters of one tenant at one moment: old events are lifted with them as they are read;
/// what is stored never changes.
///
/// Lifetime: immutable but for its counts; shared by the threads that read.
/// Threads:  any.
class Upcasters {
 public:
  /// What lifts one version, and how often it could not.
  struct Step {
    StoredUpcaster stored;
    Upcaster upcaster;
    // Shared by the sets of a tenant, of which each change makes another.
    std::shared_ptr<std::atomic<std::uint64_t>> failed =
        std::make_shared<std::atomic<std::uint64_t>>(0);  ///< Since the start.
  };
  struct Chain {
    std::map<std::int64_t, Step> steps;  ///< By the version that they lift, without a hole.
    /// Versions of the schema and when each began, ascending.
    std::vector<std::pair<std::int64_t, std::int64_t>> versions;
  };

  bool empty() const { return chains_.empty(); }
  const Chain* Find(std::string_view type) const;
  const std::map<std::string, Chain, std::less<>>& chains() const { return chains_; }

  enum class Outcome {
    kAsStored,  ///< Its type has no upcasters, or none for its version.
    kLifted,    ///< Its data is another; `upcastfrom` and `upcastto` say so.
    kFailed,    ///< As stored, with `upcasterror`.
  };
  /// Lifts an event as far as the chain of its type goes. Its version is the one that `dataschema`
  /// names, else the one that was the newest when it was recorded.
  Outcome Lift(EventView& event, std::int64_t recorded_ms, LiftedParts& parts) const;

  /// For the next set. `chain` without steps takes the type away.
  void Set(const std::string& type, Chain chain);

 private:
  std::map<std::string, Chain, std::less<>> chains_;
};

/// The version that a `dataschema` names (a URI that ends in `/api/schemas/<type>/versions/<n>`); 0
/// where what it names is no number; nothing where it is about something else than ours.
std::optional<std::int64_t> VersionNamed(std::string_view uri, std::string_view type);

}  // namespace notify::agent::schema
