#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/schema/compatibility.hpp"

namespace notify::agent::schema {

/// One version of a type's schema, as state.db keeps it.
struct StoredSchema {
  std::string type;
  std::int64_t version = 1;
  /// Of the type: what its next version must keep to.
  ::notify::schema::Compatibility rule = ::notify::schema::Compatibility::kBackward;
  std::string text;  ///< As it was put, byte for byte.
  std::int64_t created_ms = 0;
};

/// `{id, type, version, compatibility, bytes, createdAt}`, for lists.
std::string SchemaItemJson(const StoredSchema& schema);

/// The same with `schema`, the document itself, and `text`, its text as it was put.
std::string SchemaJson(const StoredSchema& schema, bool created);

/// What a caller who adds a schema wants: `{type, schema, compatibility?}`.
struct SchemaDraft {
  std::string type;
  std::string text;  ///< `schema` as it stands in the body, or the text in it where it is a string.
  std::string compatibility;  ///< Empty: the type's, else `backward`.
};

/// kInvalidJson, kInvalidArgument with a pointer.
Result<SchemaDraft> ParseSchemaDraft(std::string_view body);

/// kInvalidArgument; kTypeReserved where only the agent publishes such events.
Status CheckSchemaType(std::string_view type);

}  // namespace notify::agent::schema
