#include "cli/top_level/fanout_script.hpp"

#include "cli/client/http_message.hpp"
#include "cli/client/hub/url.hpp"
#include "cli/client/request_headers.hpp"
#include "common/signalr/handshake.hpp"
#include "common/signalr/json_hub_protocol.hpp"
#include "common/websocket/frame.hpp"
#include "common/websocket/handshake.hpp"

namespace notify::cli::top_level {
namespace {

std::string TextFrame(std::string_view text, Random& random) {
  websocket::MaskKey mask;
  random.Fill(std::as_writable_bytes(std::span(mask)));
  std::string frame;
  websocket::AppendMaskedFrame(frame, websocket::Opcode::kText, text, mask);
  return frame;
}

}  // namespace

Result<FanoutScript> MakeFanoutScript(const client::Access& access, std::string_view type,
                                      bool negotiate, Random& random) {
  const auto url = client::HubUrl::OfAgent(access.endpoint);
  const client::Caller caller{.token = Secret{access.token}, .tenant = access.tenant};
  auto headers = client::CallerHeaders(url.endpoint, caller);
  if (auto sound = client::CheckHeaders(headers); !sound) return std::move(sound.error());
  FanoutScript script;
  if (negotiate) {
    script.negotiate =
        client::RequestBytes("POST", url.Target("/negotiate", "negotiateVersion=1"), headers, "");
  }
  // One key for all: it proves that a WebSocket answers, and nothing more.
  const auto key = websocket::MakeKey(random);
  headers.insert(headers.end(), {{"Connection", "Upgrade"},
                                 {"Upgrade", "websocket"},
                                 {"Sec-WebSocket-Version", "13"},
                                 {"Sec-WebSocket-Key", key}});
  const auto request = client::RequestBytes("GET", url.Target({}, {}), headers, "");
  script.upgrade_target = url.Target({}, {});
  script.upgrade_rest = request.substr(4 + script.upgrade_target.size());
  script.accept = websocket::AcceptKey(key);
  const signalr::JsonHubProtocol protocol;
  std::string text;
  signalr::AppendHandshakeRequest(text, protocol.Name(), 1);
  script.hello = TextFrame(text, random);
  text.clear();
  const std::string filter = R"({"types":[")" + std::string(type) + R"("]})";
  protocol.Append(text, signalr::Invocation{
                            .invocation_id = "1", .target = "Subscribe", .arguments = {filter}});
  script.hello += TextFrame(text, random);
  text.clear();
  protocol.AppendPing(text);
  script.ping = TextFrame(text, random);
  return script;
}

}  // namespace notify::cli::top_level
