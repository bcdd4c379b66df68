// The first bytes of a connection, read by both sides: nothing is taken before the message is
// whole, and what was read is written and read again as the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/signalr/handshake.hpp"

namespace {

using namespace notify::signalr;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckRequest(std::string_view bytes) {
  std::string_view input = bytes;
  const auto request = ParseHandshakeRequest(input);
  if (!request) return;
  if (!*request) return Require(input == bytes);
  Require(input.size() < bytes.size());
  const auto version = static_cast<int>((*request)->version);
  if (version != (*request)->version || (*request)->protocol.size() > 600) return;
  std::string once;
  AppendHandshakeRequest(once, (*request)->protocol, version);
  std::string_view rest = once;
  const auto again = ParseHandshakeRequest(rest);
  Require(again && *again && rest.empty());
  Require((*again)->protocol == (*request)->protocol && (*again)->version == version);
}

void CheckResponse(std::string_view bytes) {
  std::string_view input = bytes;
  const auto response = ParseHandshakeResponse(input);
  if (!response) return;
  if (!*response) return Require(input == bytes);
  if ((*response)->error && (*response)->error->size() > 600) return;
  std::string once;
  AppendHandshakeResponse(once, (*response)->error);
  std::string_view rest = once;
  const auto again = ParseHandshakeResponse(rest);
  Require(again && *again && (*again)->error == (*response)->error);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckRequest(bytes);
  CheckResponse(bytes);
  return 0;
}
