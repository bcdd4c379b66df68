#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::schema {

struct SchemaDocument;
class Validator;

/// What one schema may be. docs/schemas.md tells them to users.
inline constexpr std::size_t kMaxSchemaBytes = 64 * 1024;
inline constexpr int kMaxSchemaDepth = 32;
inline constexpr std::size_t kMaxSubschemas = 2000;
inline constexpr std::size_t kMaxPatterns = 100;
inline constexpr std::size_t kMaxPatternBytes = 512;

/// A JSON Schema in the form that drafts 6 to 2020-12 agree on (docs/schemas.md), compiled. Its
/// text is kept as it was put, so that a refusal can name the line.
///
/// Lifetime: immutable; shared by the threads that check with it.
/// Threads:  any, without a lock of its own.
class JsonSchema {
 public:
  /// kInvalidArgument: pointer, line and sentence for each mistake, at most 20 of them.
  static Result<std::shared_ptr<const JsonSchema>> Compile(std::string text);
  ~JsonSchema();
  JsonSchema(const JsonSchema&) = delete;
  JsonSchema& operator=(const JsonSchema&) = delete;

  /// Whether `data`, one JSON document, fits. What it may cost is bounded by its size, whatever the
  /// schema says. `steps` (may be null) is raised by what it did cost: about 50 ns each.
  ///
  /// kInvalidEvent  `pointer` into the data, `line` of this schema's text; at most 10 of them.
  Status Check(std::string_view data, std::size_t* steps = nullptr) const;

  /// As it was put, byte for byte.
  const std::string& text() const;
  /// For the rules that compare two schemas.
  const SchemaDocument& document() const { return *document_; }

 private:
  JsonSchema(std::unique_ptr<const SchemaDocument> document,
             std::unique_ptr<const Validator> validator);

  std::unique_ptr<const SchemaDocument> document_;
  std::unique_ptr<const Validator> validator_;  // Refers to document_.
};

}  // namespace notify::schema
