#include <algorithm>

#include "cli/client/hub/transport.hpp"
#include "cli/client/web_socket.hpp"

namespace notify::cli::client {
namespace {

class WebSocketTransport final : public HubTransport {
 public:
  explicit WebSocketTransport(std::unique_ptr<WebSocket> socket) : socket_(std::move(socket)) {}

  Status Send(std::string_view bytes, signalr::TransferFormat format) override {
    return format == signalr::TransferFormat::kText ? socket_->Send(bytes)
                                                    : socket_->SendBinary(bytes);
  }

  Result<std::string> Read(std::chrono::milliseconds limit, int interrupt) override {
    return socket_->Read(limit, interrupt);
  }

  void Close() override { socket_->Close(); }

 private:
  const std::unique_ptr<WebSocket> socket_;
};

Headers CookieHeader(const TransportAddress& address) {
  if (address.cookies.empty()) return {};
  return {{"Cookie", address.cookies}};
}

}  // namespace

Headers TransportHeaders(const TransportAddress& address) {
  auto headers = CallerHeaders(address.url.endpoint, address.caller);
  for (auto& cookie : CookieHeader(address)) headers.push_back(std::move(cookie));
  headers.emplace_back("X-Requested-With", "XMLHttpRequest");
  return headers;
}

Result<std::unique_ptr<HubTransport>> OpenWebSocketTransport(const Dial& dial,
                                                             const TransportAddress& address,
                                                             Random& random) {
  auto connection = dial(address.url.endpoint, std::min(kConnectLimit, address.caller.limit));
  if (!connection) return std::move(connection.error());
  const auto id = address.id.empty() ? std::string{} : "id=" + EncodeQueryValue(address.id);
  auto socket =
      WebSocket::Upgrade(std::move(*connection), address.url.endpoint, address.url.Target({}, id),
                         address.caller, random, CookieHeader(address));
  if (!socket) return std::move(socket.error());
  return std::make_unique<WebSocketTransport>(std::move(*socket));
}

}  // namespace notify::cli::client
