#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/signalr/hub_message.hpp"

namespace notify::signalr {

/// The properties that any hub message can have.
enum class Field : std::uint8_t {
  kType,
  kHeaders,
  kInvocationId,
  kTarget,
  kArguments,
  kStreamIds,
  kItem,
  kResult,
  kError,
  kAllowReconnect,
  kSequenceId,
};

/// A hub message taken apart, not yet looked into. The typed accessors fail with kInvalidArgument
/// and the reference server's words: `Missing required property 'target'.`
class JsonFields {
 public:
  /// Checks all of `record`. Errors: kInvalidJson, kJsonTooDeep; kInvalidArgument where it is no
  /// object or has a known property twice. Lifetime: views into `record`.
  static Result<JsonFields> Split(std::string_view record, int max_depth);

  bool Has(Field field) const { return !Raw(field).empty(); }
  /// The value's text; empty where it is absent.
  RawJson Raw(Field field) const { return raw_[static_cast<std::size_t>(field)]; }

  Result<RawJson> Required(Field field) const;
  Result<std::string> String(Field field) const;
  /// Nothing where it is absent; null is not a string.
  Result<std::optional<std::string>> OptionalString(Field field) const;
  Result<std::int64_t> Integer(Field field) const;
  /// False where it is absent.
  Result<bool> Bool(Field field) const;
  /// Empty where they are absent.
  Result<std::vector<std::string>> StreamIds() const;
  /// Whether the headers are absent or an object of strings.
  Status CheckHeaders() const;
  /// Takes the arguments out; they are required.
  Result<std::vector<RawJson>> TakeArguments();

 private:
  std::array<RawJson, 11> raw_{};
  std::vector<RawJson> arguments_;
};

}  // namespace notify::signalr
