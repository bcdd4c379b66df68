// An upstream's answer, byte by byte: from the connection through the HTTP parser to the event. The
// first byte chooses the route and whether the answer is cut; what comes out must be one valid
// event.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/ingress/gateway/answer_parser.hpp"
#include "agent/ingress/gateway/event_extractor.hpp"
#include "agent/ingress/gateway/forwarding.hpp"
#include "common/clock.hpp"
#include "common/model/event_parser.hpp"
#include "common/random.hpp"

namespace {

using namespace notify;                  // NOLINT(google-build-using-namespace)
using namespace notify::agent;           // NOLINT(google-build-using-namespace)
using namespace notify::agent::ingress;  // NOLINT(google-build-using-namespace)

RouteConfig RouteFor(std::uint8_t choice) {
  RouteConfig route;
  route.path = "/api/fx/quote";
  route.emit.type = (choice & 1U) != 0 ? "fx.quote.created" : "payment.processed";
  if ((choice & 2U) != 0) route.emit.data = {{"id", "/id"}, {"a", "/list/0/a"}, {"l", "/list"}};
  return route;
}

void CheckEvent(const AnsweredRequest& answered) {
  auto event = ExtractEvent(answered);
  if (!event) return;
  EventParser parser(SystemClock(), SystemRandom(), {.max_event_bytes = 1 << 20, .max_depth = 70});
  std::string body = event->envelope;
  body.reserve(body.size() + EventParser::Padding());
  EventParser::Request request;
  request.tenant = "blue";
  request.idempotency_key = event->duplicate_key;
  const auto parsed = parser.ParseOne(body, request);
  // A subject may break the rules of attributes; what we put around the data is always JSON.
  if (!parsed && parsed.error().code == Errc::kInvalidJson) std::abort();
}

AnsweredRequest Answered(const RouteConfig& route, std::string_view request,
                         std::string_view answer) {
  AnsweredRequest answered{route};
  answered.request_body = request;
  answered.answer = answer;
  answered.tenant = "blue";
  answered.correlation_id = "corr-1";
  return answered;
}

/// The answer as it comes from a connection, in pieces.
void Receive(std::string_view bytes, std::uint8_t choice) {
  AnswerParser parser((choice & 4U) != 0);
  std::string input;
  std::string body;
  for (std::size_t turn = 0; !parser.done(); ++turn) {
    const std::size_t piece = std::min<std::size_t>(turn % 17 + 1, bytes.size());
    input += bytes.substr(0, piece);
    bytes.remove_prefix(piece);
    if (!parser.PutHead(input).empty()) return;
    if (parser.head_done() && !parser.PutBody(input, body).empty()) return;
    if (body.size() > kInspectedBytes) return;
    if (piece > 0 || parser.done()) continue;
    if (!parser.head_done() || !parser.PutEnd()) return;
  }
  const UpstreamHead head = parser.TakeHead();
  static_cast<void>(PassedBack(head.headers));
  const RouteConfig route = RouteFor(choice);
  AnsweredRequest answered = Answered(route, R"({"customerId": "c"})", body);
  answered.answer_type = HeaderOf(head.headers, "content-type");
  CheckEvent(answered);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  Receive(bytes, choice);
  // The same bytes as a body, without HTTP around them; cut or whole.
  const RouteConfig route = RouteFor(choice);
  AnsweredRequest answered = Answered(route, bytes, bytes);
  answered.cut = (choice & 8U) != 0;
  CheckEvent(answered);
  return 0;
}
