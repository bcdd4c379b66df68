#pragma once

#include <re2/re2.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/result.hpp"

namespace notify::schema {

/// Of this folder's own: what is known of a schema's text, once it is found to be a schema.
///
/// Lifetime: stays where it was made, because nodes are known by their address.
/// Threads:  any, once made.
struct SchemaDocument {
  using Json = nlohmann::json;

  SchemaDocument() = default;
  SchemaDocument(const SchemaDocument&) = delete;
  SchemaDocument& operator=(const SchemaDocument&) = delete;

  std::string text;
  Json root;
  /// The line, from 1, on which each value of the text begins (a member: its name), by pointer.
  std::map<std::string, int, std::less<>> lines;
  /// The pointer of each schema in the text, by its node.
  std::unordered_map<const Json*, std::string> pointers;
  /// What each node with a `$ref` refers to.
  std::unordered_map<const Json*, const Json*> targets;
  /// The regular expressions of the text, compiled, by their own text.
  std::map<std::string, std::unique_ptr<RE2>, std::less<>> patterns;

  /// The schema that `node` stands for: `$ref` followed to its end.
  const Json& Resolve(const Json& node) const;
  /// Where a keyword (`required`, or a path below it: `required/2`) of a schema stands.
  std::string PointerOf(const Json& node, std::string_view keyword) const;
  int LineOf(std::string_view pointer) const;
  /// An entry of `patterns`. Its matching is linear in `subject`.
  bool Matches(const std::string& pattern, const std::string& subject) const;
};

/// Reads a schema and checks that it is one. kInvalidArgument, as JsonSchema::Compile says.
Result<std::unique_ptr<SchemaDocument>> ReadSchema(std::string text);

/// kInvalidArgument with what stands at these places.
Error InvalidSchema(std::vector<FieldError> errors);

}  // namespace notify::schema
