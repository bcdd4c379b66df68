#include "common/signalr/json_record.hpp"

#include <string>

#include "common/signalr/json_hub_protocol.hpp"
#include "common/utf8.hpp"

namespace notify::signalr {

Result<std::optional<std::string_view>> TakeRecord(std::string_view& input, std::size_t max_bytes) {
  // Not beyond the limit: the input may hold much that belongs to later messages.
  const std::size_t end = input.substr(0, max_bytes + 1).find(kRecordSeparator);
  if (end == std::string_view::npos) {
    if (input.size() <= max_bytes) return std::optional<std::string_view>();
    return Fail(Errc::kBodyTooLarge, "The maximum message size of " + std::to_string(max_bytes) +
                                         " bytes was exceeded.");
  }
  const std::string_view record = input.substr(0, end);
  if (!IsUtf8(record)) return Fail(Errc::kInvalidJson, "Error reading JSON. It is not UTF-8.");
  input.remove_prefix(end + 1);
  return std::optional(record);
}

}  // namespace notify::signalr
