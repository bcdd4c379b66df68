// Bytes of a hub client: what is read is written again and read as the same; what nlohmann takes
// for JSON, the scanner does too.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "common/signalr/json_hub_protocol.hpp"
#include "common/signalr/json_scanner.hpp"
#include "common/signalr/negotiate.hpp"

namespace {

using namespace notify::signalr;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Written(const HubMessage& message) {
  std::string out;
  JsonHubProtocol().Append(out, message);
  return out;
}

void CheckWrittenAgain(const HubMessage& message) {
  HubLimits limits;
  limits.max_message_bytes = 1U << 20;  // escapes may make it longer than it came
  const std::string once = Written(message);
  std::string_view input = once;
  std::string values;
  const auto again = JsonHubProtocol(limits).Parse(input, values);
  Require(again.has_value() && input.empty());
  Require(std::holds_alternative<HubMessage>(*again));
  Require(Written(std::get<HubMessage>(*again)) == once);
}

void CheckMessages(std::string_view bytes) {
  std::string_view input = bytes;
  std::string values;
  while (true) {
    const std::size_t before = input.size();
    const auto parsed = JsonHubProtocol().Parse(input, values);
    if (!parsed || std::holds_alternative<NeedMore>(*parsed)) return;
    Require(input.size() < before);
    if (const auto* message = std::get_if<HubMessage>(&*parsed)) CheckWrittenAgain(*message);
  }
}

void CheckScanner(std::string_view bytes) {
  JsonScanner scanner(bytes, 64);
  const bool accepted = scanner.Value() && scanner.End();
  // nlohmann skips a byte order mark, and takes a NUL for the end.
  const bool comparable =
      !bytes.starts_with("\xEF\xBB\xBF") && bytes.find('\0') == std::string_view::npos;
  if (accepted || !comparable) return;
  const bool too_deep = scanner.Fault().code == notify::Errc::kJsonTooDeep;
  Require(too_deep || !nlohmann::json::accept(bytes));
}

void CheckNegotiate(std::string_view bytes) {
  const auto answer = ParseNegotiateAnswer(bytes);
  if (!answer) return;
  std::string once;
  AppendNegotiateAnswer(once, *answer);
  const auto again = ParseNegotiateAnswer(once);
  Require(again.has_value());
  std::string twice;
  AppendNegotiateAnswer(twice, *again);
  Require(twice == once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckMessages(bytes);
  CheckScanner(bytes);
  CheckNegotiate(bytes);
  return 0;
}
