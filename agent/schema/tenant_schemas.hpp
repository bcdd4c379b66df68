#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/model/event.hpp"
#include "common/schema/json_schema.hpp"

namespace notify::agent::schema {

// Shared by the sets of a tenant, of which each change makes another.
using SchemaPtr = std::shared_ptr<const ::notify::schema::JsonSchema>;

/// The compiled schemas of one tenant at one moment.
///
/// Lifetime: immutable once published; shared by the threads that check with it.
/// Threads:  any.
class TenantSchemas {
 public:
  struct Version {
    std::int64_t number = 0;
    SchemaPtr schema;
  };

  bool empty() const { return types_.empty(); }
  std::size_t types() const { return types_.size(); }
  /// Bytes of all texts.
  std::size_t bytes() const;

  /// Newest first; null where the type has no schema.
  const std::vector<Version>* Find(std::string_view type) const;

  /// Whether the event may be stored: its type has no schema, or its data fits the version that
  /// `dataschema` names (a URI that ends in `/api/schemas/<type>/versions/<n>`), else the newest.
  /// `steps` is raised by what it cost.
  ///
  /// kInvalidEvent  pointers are into the event (`/data/amount`), lines of the schema's text.
  Status Check(const EventView& event, std::size_t& steps) const;

  /// For the next set: a version in front of the others, as many as stay in force.
  void Add(const std::string& type, Version version, std::size_t in_force);
  void Remove(const std::string& type);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, std::vector<Version>, Hash, std::equal_to<>> types_;
};

}  // namespace notify::agent::schema
