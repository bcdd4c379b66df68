#include "agent/ingress/signalr/event_stream_transport.hpp"

namespace notify::agent::ingress::signalr {

void EventStreamTransport::End(bool) {
  ending_ = true;
  ExpectEnd();
  Send();
}

void EventStreamTransport::OnEmpty() {
  // An event stream has no word for its end but the end.
  if (ending_) CloseSoon();
}

}  // namespace notify::agent::ingress::signalr
