#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"

namespace notify {

/// Reads one JSON object of a request: each member is asked for by name, and what is wrong with it
/// is noted under its JSON Pointer, so that an answer names every mistake at once.
///
/// Lifetime: refers to the value and to the list of errors; both outlive it.
/// Threads:  one.
class ObjectReader {
 public:
  /// `pointer` is where `value` stands. A value that is no object is one error.
  ObjectReader(const nlohmann::json& value, std::string pointer, std::vector<FieldError>& errors);
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;

  /// The member; nullptr where it is absent or `null`.
  const nlohmann::json* Optional(std::string_view name);
  /// The member; an error and nullptr where it is absent or `null`.
  const nlohmann::json* Required(std::string_view name);

  /// A text of 1 to `longest` bytes without control characters; `fallback` where it is absent.
  std::string Text(std::string_view name, std::string fallback, std::size_t longest = 256);
  std::string RequiredText(std::string_view name, std::size_t longest = 256);
  bool Flag(std::string_view name, bool fallback);

  /// Notes every member that nobody asked for, with the names that are known here.
  void RefuseOthers();

  /// Notes an error at the member `name`, or at the object itself where `name` is empty.
  void Refuse(std::string_view name, std::string detail);
  std::string PointerTo(std::string_view name) const;

 private:
  const nlohmann::json* Find(std::string_view name);
  std::string TextOf(const nlohmann::json& value, std::string_view name, std::size_t longest);

  const nlohmann::json& value_;
  const std::string pointer_;
  std::vector<FieldError>& errors_;
  std::vector<std::string> known_;
};

/// The document, which must be one JSON object. kInvalidJson otherwise, kJsonTooDeep below 64
/// levels.
Result<nlohmann::json> ParseJsonObject(std::string_view text);

/// Nothing where `errors` is empty; else kInvalidArgument with all of them, the first in `detail`.
Status RefuseIfAny(std::vector<FieldError> errors);

}  // namespace notify
