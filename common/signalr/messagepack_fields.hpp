#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/signalr/hub_message.hpp"
#include "common/signalr/messagepack_reader.hpp"

namespace notify::signalr {

/// A hub message as MessagePack, an array: its items are taken in their order. Values become JSON,
/// at the end of `values`. Each call fails with kInvalidArgument and the reference server's words:
/// `Reading 'target' as String failed.`; those that translate, also with kJsonTooDeep.
/// Lifetime: `body` and `values` outlive it. Threads: one at a time.
class MessagePackFields {
 public:
  /// `max_depth`: of arrays and maps inside each other, the message included.
  MessagePackFields(std::string_view body, int max_depth, std::string& values)
      : reader_(body), max_depth_(max_depth), values_(values) {}

  /// The array's beginning and its first item. First of all.
  Result<std::int64_t> Type();

  /// A map of strings, neither they nor their names empty. Right behind the type.
  Status TakeHeaders();
  /// Nothing for nil, which is no string.
  Result<std::optional<std::string>> OptionalString(std::string_view name);
  /// A string that is not empty; `what` says what it is of which message.
  Result<std::string> FilledString(std::string_view name, std::string_view what);
  /// The number, in any width. `type` is Int32 or Int64.
  Result<std::int64_t> Integer(std::string_view name, std::string_view type);
  Result<bool> Bool(std::string_view name);
  /// What is no list of arguments fits no method, which is not the protocol's fault: it counts as
  /// an empty one, so that the call is answered with an error.
  Status TakeArguments();
  Status TakeValue();
  Result<std::vector<std::string>> StreamIds();

  /// Whether the array announced more items than were taken.
  bool HasMore() const { return taken_ < size_; }
  /// Last of all: whether it announced as many. More are for a later version, and ignored.
  Status Finish() const;

  // Once everything was taken: views into `values`, which must not grow any more.

  RawJson headers() const;
  /// Of TakeValue.
  RawJson value() const;
  std::vector<RawJson> arguments() const;

 private:
  std::optional<messagepack::Item> Next();
  Status TakeHeader(std::size_t index);
  Status SkipValue();

  messagepack::Reader reader_;
  const int max_depth_;
  std::string& values_;
  std::size_t size_ = 0;
  std::size_t taken_ = 0;
  std::size_t headers_end_ = 0;
  std::vector<std::size_t> argument_ends_;
};

}  // namespace notify::signalr
