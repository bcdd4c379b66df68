#include "common/json_text.hpp"
#include "common/signalr/negotiate.hpp"

namespace notify::signalr {
namespace {

struct Writer {
  std::string& out;

  void operator()(const NegotiateResponse& answer) const {
    out += "{\"negotiateVersion\":" + std::to_string(answer.negotiate_version);
    Text(",\"connectionId\":", answer.connection_id);
    if (answer.negotiate_version > 0) Text(",\"connectionToken\":", answer.connection_token);
    if (answer.use_stateful_reconnect) out += ",\"useStatefulReconnect\":true";
    out += ",\"availableTransports\":[";
    for (std::size_t i = 0; i < answer.transports.size(); ++i) {
      if (i > 0) out += ',';
      Text("{\"transport\":", ToString(answer.transports[i].transport));
      out += ",\"transferFormats\":[\"Text\"";
      out += answer.transports[i].binary ? ",\"Binary\"]}" : "]}";
    }
    out += "]}";
  }

  void operator()(const NegotiateRedirect& answer) const {
    Text("{\"url\":", answer.url);
    if (answer.access_token) Text(",\"accessToken\":", *answer.access_token);
    out += '}';
  }

  void operator()(const NegotiateError& answer) const {
    Text("{\"error\":", answer.error);
    out += '}';
  }

  void Text(std::string_view name, std::string_view value) const {
    out += name;
    AppendJsonString(out, value);
  }
};

}  // namespace

std::string_view ToString(Transport transport) {
  switch (transport) {
    case Transport::kWebSockets:
      return "WebSockets";
    case Transport::kServerSentEvents:
      return "ServerSentEvents";
    case Transport::kLongPolling:
      return "LongPolling";
  }
  return "";
}

void AppendNegotiateAnswer(std::string& out, const NegotiateAnswer& answer) {
  std::visit(Writer{out}, answer);
}

}  // namespace notify::signalr
