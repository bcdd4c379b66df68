#include "common/websocket/handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <span>

#include "common/encoding.hpp"

namespace notify::websocket {
namespace {

constexpr std::string_view kKeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool IsBase64Character(char c) {
  return (Lower(c) >= 'a' && Lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

}  // namespace

std::string AcceptKey(std::string_view sec_websocket_key) {
  std::string text(sec_websocket_key);
  text += kKeySuffix;
  std::string digest(20, '\0');
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr,
             EVP_sha1(), nullptr);
  return ToBase64(digest);
}

bool IsValidKey(std::string_view sec_websocket_key) {
  return sec_websocket_key.size() == 24 && sec_websocket_key.ends_with("==") &&
         std::all_of(sec_websocket_key.begin(), sec_websocket_key.end() - 2, IsBase64Character);
}

std::string MakeKey(Random& random) {
  std::array<char, 16> nonce{};
  random.Fill(std::as_writable_bytes(std::span(nonce)));
  return ToBase64({nonce.data(), nonce.size()});
}

bool HasToken(std::string_view header_value, std::string_view token) {
  while (!header_value.empty()) {
    const auto comma = header_value.find(',');
    if (EqualsIgnoringCase(Trim(header_value.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) break;
    header_value.remove_prefix(comma + 1);
  }
  return false;
}

bool AsksForWebSocket(const UpgradeRequest& request) {
  return request.method == "GET" && HasToken(request.upgrade, "websocket");
}

UpgradeAnswer AnswerUpgrade(const UpgradeRequest& request) {
  if (request.method != "GET") return {405, {}, "A WebSocket is opened with GET."};
  if (!request.http_1_1) return {400, {}, "A WebSocket is opened with HTTP/1.1."};
  if (!HasToken(request.upgrade, "websocket")) {
    return {400, {}, "The header Upgrade does not say websocket."};
  }
  if (!HasToken(request.connection, "upgrade")) {
    return {400, {}, "The header Connection does not say Upgrade."};
  }
  if (Trim(request.sec_websocket_version) != "13") {
    return {426, {}, "The header Sec-WebSocket-Version must be 13."};
  }
  const std::string_view key = Trim(request.sec_websocket_key);
  if (!IsValidKey(key)) {
    return {400, {}, "The header Sec-WebSocket-Key must be 16 bytes in base64."};
  }
  return {101, AcceptKey(key), {}};
}

Status CheckUpgradeResponse(const UpgradeResponse& response, std::string_view sec_websocket_key) {
  const auto refuse = [](std::string detail) {
    return Fail(Errc::kUnavailable, std::move(detail),
                "Check that the address is that of an agent and that no proxy is in between.");
  };
  if (response.status != 101) {
    return refuse("The WebSocket was refused with HTTP status " + std::to_string(response.status) +
                  ".");
  }
  if (!HasToken(response.upgrade, "websocket") || !HasToken(response.connection, "upgrade")) {
    return refuse("The answer to the WebSocket request is no upgrade to websocket.");
  }
  if (Trim(response.sec_websocket_accept) != AcceptKey(sec_websocket_key)) {
    return refuse("The answer to the WebSocket request does not fit its key.");
  }
  return {};
}

}  // namespace notify::websocket
