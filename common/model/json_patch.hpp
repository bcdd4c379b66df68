#pragma once

#include <string>
#include <vector>

#include "common/model/json_value.hpp"
#include "common/result.hpp"

namespace notify {

/// Applies a JSON Merge Patch (RFC 7396): members of an object replace those of `target`, `null`
/// removes one; anything else takes its place.
void MergePatch(JsonValue& target, const JsonValue& patch);

/// A JSON Patch (RFC 6902), read once and applied to many documents. What it does not touch keeps
/// its digits and its order.
///
/// Lifetime: a value type.
/// Threads:  any.
class JsonPatch {
 public:
  static constexpr std::size_t kMostOperations = 200;
  /// What one application may add to a document, in bytes of JSON: a few copies of the whole into
  /// itself double it each time.
  static constexpr std::size_t kMostAdded = 256 << 10;
  /// How deep a document may become.
  static constexpr std::size_t kMostDepth = 128;

  /// Reads the list of operations. `pointer` is where it stands, for `errors`.
  /// Nothing where there is an error.
  static JsonPatch Parse(const JsonValue& list, const std::string& pointer,
                         std::vector<FieldError>& errors);

  /// kInvalidArgument  which operation could not be done and why; `document` is as before.
  Status Apply(JsonValue& document) const;

 private:
  enum class Op { kAdd, kRemove, kReplace, kMove, kCopy, kTest };
  struct Operation {
    Op op = Op::kAdd;
    std::string path_text;
    std::vector<std::string> path;
    std::vector<std::string> from;
    JsonValue value;
  };

  static Operation ParseOne(const JsonValue& value, const std::string& pointer,
                            std::vector<FieldError>& errors);
  /// Takes what is added from `room`. Why it could not be done; empty where it was.
  static std::string ApplyOne(const Operation& operation, JsonValue& document, std::size_t& room);

  std::vector<Operation> operations_;
};

/// Whether two JSON values are equal as RFC 6902 4.6 says: objects whatever the order of their
/// members, numbers by their value.
bool EqualJson(const JsonValue& left, const JsonValue& right);

}  // namespace notify
