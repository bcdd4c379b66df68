// Bytes of a hub client: what is read is written again and read as the same. Whatever stands for
// JSON becomes one whole value, and where nlohmann takes it for JSON, the same value.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "common/signalr/json_hub_protocol.hpp"
#include "common/signalr/messagepack_from_json.hpp"
#include "common/signalr/messagepack_hub_protocol.hpp"
#include "common/signalr/messagepack_reader.hpp"

namespace {

using namespace notify::signalr;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Written(const HubProtocol& protocol, const HubMessage& message) {
  std::string out;
  protocol.Append(out, message);
  return out;
}

void CheckWrittenAgain(const HubMessage& message) {
  HubLimits limits;
  limits.max_message_bytes = 1U << 20;  // base64 and float64 may make it longer than it came
  const MessagePackHubProtocol protocol(limits);
  const std::string once = Written(protocol, message);
  std::string_view input = once;
  std::string values;
  const auto again = protocol.Parse(input, values);
  Require(again.has_value() && input.empty());
  Require(std::holds_alternative<HubMessage>(*again));
  const auto& read = std::get<HubMessage>(*again);
  Require(Written(protocol, read) == once);
  const JsonHubProtocol json;
  Require(Written(json, read) == Written(json, message));
}

void CheckMessages(std::string_view bytes) {
  std::string_view input = bytes;
  std::string values;
  while (true) {
    const std::size_t before = input.size();
    const auto parsed = MessagePackHubProtocol().Parse(input, values);
    if (!parsed || std::holds_alternative<NeedMore>(*parsed)) return;
    Require(input.size() < before);
    if (const auto* message = std::get_if<HubMessage>(&*parsed)) CheckWrittenAgain(*message);
  }
}

void CheckOneValue(std::string_view value) {
  messagepack::Reader reader(value);
  for (std::size_t due = 1; due > 0; --due) {
    const auto item = reader.Next();
    Require(item.has_value());
    if (const auto* array = std::get_if<messagepack::Array>(&*item)) due += array->size;
    if (const auto* map = std::get_if<messagepack::Map>(&*item)) due += 2 * std::size_t{map->size};
  }
  Require(!reader.Next());
}

void CheckFromJson(std::string_view bytes) {
  std::string value;
  messagepack::AppendFromJson(value, bytes);
  CheckOneValue(value);
  // nlohmann skips a byte order mark, and takes a NUL for the end; we end 256 levels down.
  const bool comparable =
      !bytes.starts_with("\xEF\xBB\xBF") && bytes.find('\0') == std::string_view::npos &&
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return c == '[' || c == '{'; }) <= 256;
  if (!comparable) return;
  const auto expected = nlohmann::json::parse(bytes, nullptr, false);
  if (expected.is_discarded()) return;
  Require(nlohmann::json::from_msgpack(value, true, false) == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckMessages(bytes);
  CheckFromJson(bytes);
  return 0;
}
