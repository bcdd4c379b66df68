// The rows of the section `hub` of the agent's configuration.
#include "common/config/codec.hpp"
#include "common/config/field.hpp"

namespace notify {
namespace {

using namespace std::chrono_literals;
using namespace codec;  // NOLINT(google-build-using-namespace): the rows are made of nothing else.
using std::string_view;

// Finds the value of a row, in a const configuration and in one that is being read.
#define AT(member) \
  [](auto& config) -> auto& { return config.member; }

template <typename E>
constexpr std::pair<string_view, E> W(string_view word, E value) {
  return {word, value};
}

constexpr Word kTransports{std::array{W("websockets", HubTransport::kWebSockets),
                                      W("serversentevents", HubTransport::kServerSentEvents),
                                      W("longpolling", HubTransport::kLongPolling)}};

}  // namespace

std::vector<Field<AgentConfig>> HubFields() {
  std::vector<Field<AgentConfig>> f;
  f.push_back(Row<AgentConfig>("hub.keep_alive", Duration{},
                               "How long the agent is silent before it sends a ping.",
                               AT(hub.keep_alive)));
  f.push_back(Row<AgentConfig>("hub.client_timeout", Duration{},
                               "How long a client that pings may be silent.",
                               AT(hub.client_timeout)));
  f.push_back(Row<AgentConfig>("hub.handshake_timeout", Duration{},
                               "How long the handshake may take.", AT(hub.handshake_timeout)));
  f.push_back(Row<AgentConfig>("hub.close_timeout", Duration{},
                               "How long the agent waits for a client's close frame.",
                               AT(hub.close_timeout)));
  f.push_back(Row<AgentConfig>("hub.send_timeout", Duration{},
                               "After how long a socket that takes nothing is closed.",
                               AT(hub.send_timeout)));
  f.push_back(Row<AgentConfig>("hub.max_message_bytes", Size{.min = 1024, .max = 64U << 20},
                               "Largest incoming message.", AT(hub.max_message_bytes)));
  f.push_back(Row<AgentConfig>(
      "hub.queue_bytes", Size{.min = 64U << 10, .max = 1U << 30},
      "What may wait for one connection; beyond it a subscription reads on from the log.",
      AT(hub.queue_bytes)));
  f.push_back(Row<AgentConfig>("hub.transports", List{kTransports}, "What clients may connect by.",
                               AT(hub.transports)));
  f.push_back(Row<AgentConfig>(
      "hub.disconnect_timeout", Duration{},
      "How long a connection may be without a request that carries it: negotiated, between two "
      "polls, after a lost WebSocket with stateful reconnect.",
      AT(hub.disconnect_timeout)));
  f.push_back(Row<AgentConfig>(
      "hub.poll_timeout", Duration{.max = 95s},
      "How long a long poll waits for a message; clients give up at 100 s.", AT(hub.poll_timeout)));
  f.push_back(Row<AgentConfig>("hub.stateful_reconnect", Bool{},
                               "Whether clients may lose their WebSocket and go on with another.",
                               AT(hub.stateful_reconnect)));
  f.push_back(Row<AgentConfig>("hub.stateful_bytes", Size{.min = 1024, .max = 64U << 20},
                               "What is kept for such a client until it acknowledges it; beyond it "
                               "a subscription waits, and reads on from the log.",
                               AT(hub.stateful_bytes)));
  f.push_back(Row<AgentConfig>(
      "hub.compression", Bool{},
      "Whether WebSockets agree to permessage-deflate. It costs processor time, and lets who sees "
      "the lengths of encrypted messages guess at their content.",
      AT(hub.compression)));
  f.push_back(Row<AgentConfig>("hub.max_depth", Number{.min = 4, .max = 1000},
                               "How deep the JSON or MessagePack of an incoming message may nest.",
                               AT(hub.max_depth)));
  f.push_back(Row<AgentConfig>("hub.upload_items", Number{.min = 1, .max = 10'000},
                               "How many items of a client's upload are read ahead.",
                               AT(hub.upload_items)));
  f.push_back(Row<AgentConfig>("hub.drain_window", Duration{.min = 0s, .max = 10min},
                               "Over how long a stopping agent spreads its clients' reconnects.",
                               AT(hub.drain_window)));
  f.push_back(Row<AgentConfig>("hub.presence_grace", Duration{.min = 0s, .max = 10min},
                               "How long a user without a connection is still online.",
                               AT(hub.presence_grace)));
  f.push_back(Row<AgentConfig>("hub.limits.per_user.soft", Limit{},
                               "From how many connections of one user on there is a warning.",
                               AT(hub.limits.per_user.soft)));
  f.push_back(Row<AgentConfig>("hub.limits.per_user.hard", Limit{},
                               "Connections of one user; more are refused with 429.",
                               AT(hub.limits.per_user.hard)));
  f.push_back(Row<AgentConfig>(
      "hub.limits.per_address.soft", Limit{},
      "From how many connections of a tenant from one address on there is a warning.",
      AT(hub.limits.per_address.soft)));
  f.push_back(Row<AgentConfig>("hub.limits.per_address.hard", Limit{},
                               "Connections of a tenant from one address; more are refused with "
                               "429. Behind a trusted proxy it is the client's (X-Forwarded-For).",
                               AT(hub.limits.per_address.hard)));
  f.push_back(Row<AgentConfig>(
      "hub.parallel_invocations", Number{.min = 1, .max = 64},
      "How many calls of a connection run at once, streams and uploads aside. With 1 they are done "
      "in the order in which they came.",
      AT(hub.parallel_invocations)));
  f.push_back(Row<AgentConfig>("hub.invocations.per_connection.rate", PaceText{},
                               "Calls of methods on one connection; more are refused with "
                               "`rate_limited`.",
                               AT(hub.invocations.per_connection.pace)));
  f.push_back(Row<AgentConfig>("hub.invocations.per_connection.burst",
                               Limit{.max = Pace::kMostCount}, "At once; none: the rate's count.",
                               AT(hub.invocations.per_connection.burst)));
  f.push_back(Row<AgentConfig>("hub.invocations.per_user.rate", PaceText{},
                               "Calls by one user of a tenant on all connections of the agent.",
                               AT(hub.invocations.per_user.pace)));
  f.push_back(Row<AgentConfig>("hub.invocations.per_user.burst", Limit{.max = Pace::kMostCount},
                               "At once; none: the rate's count.",
                               AT(hub.invocations.per_user.burst)));
  auto methods = Row<AgentConfig>("hub.methods", Objects<HubMethodConfig>{&HubMethodFields},
                                  "What is taken away from callers of hub methods, method by "
                                  "method. A tenant can take away more (`hub.methods` of its "
                                  "configuration); nobody can give what the role does not have.",
                                  AT(hub.methods));
  methods.nested = true;
  f.push_back(std::move(methods));
  f.push_back(Row<AgentConfig>("hub.ack.timeout", Duration{.min = 1s, .max = 12h},
                               "After how long an event of a subscription with `ack` that is not "
                               "acknowledged is sent again.",
                               AT(hub.ack.timeout)));
  f.push_back(Row<AgentConfig>("hub.ack.max_attempts", Number{.min = 1, .max = 100},
                               "How often it is sent before it goes to the dead letters.",
                               AT(hub.ack.max_attempts)));
  f.push_back(Row<AgentConfig>("hub.ack.max_in_flight", Number{.min = 1, .max = 1000},
                               "How many events such a subscription has sent and not acknowledged.",
                               AT(hub.ack.max_in_flight)));
  f.push_back(Row<AgentConfig>("hub.ack.expire_after", Duration{.min = 1min, .max = 8760h},
                               "After how long its position is forgotten where nobody connects.",
                               AT(hub.ack.expire_after)));
  f.push_back(Row<AgentConfig>("hub.ack.hold_for", Duration{.min = 0s, .max = 8760h},
                               "How old an event may get that retention keeps for it only.",
                               AT(hub.ack.hold_for)));
  return f;
}

#undef AT

}  // namespace notify
