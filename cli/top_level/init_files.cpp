#include "cli/top_level/init_files.hpp"

#include <array>

namespace notify::cli::top_level {
namespace {

constexpr std::string_view kAgent = R"(# notifyd's configuration. Start the agent with
#   notifyd --config notifyd.yaml
# and check a change with
#   notifyd --config notifyd.yaml --check-config
# Every key and its default: docs/configuration.md, or `notifyd --print-config`.

# Where programs reach it. Addresses that are not loopback need TLS, or `insecure: true` behind a
# proxy that has it.
listen: 127.0.0.1:7800

# Events, tenants and keys lie here. `notifyctl` in this folder finds the socket in it by itself.
data_dir: ./data

log:
  level: information    # debug, information, warning, error
  format: auto          # text on a terminal, json elsewhere

multi_tenancy:
  enabled: true
  # Where a request names its tenant, in this order. The tenant of its credential always counts.
  strategy: [key, claim, header, path]

# http:
#   cors:
#     # Pages in browsers that may connect: exact origins.
#     allowed_origins: [https://app.example.com]
)";

constexpr std::string_view kTenant =
    R"(# A tenant: whose events, keys and templates are kept apart from all others'.
#   notifyctl tenant create -f tenant.yaml --if-not-exists
apiVersion: notifyctl/v1
kind: Tenant
id: demo
name: Demo Company
tier: standard
config:
  # Events of these types reach the tenant's connected users live, without a subscription.
  notifications.broadcast: [order.paid]
# limits:
#   eventsPerSecond: 500
#   eventsBurst: 1000
)";

constexpr std::string_view kTrigger =
    R"(# A trigger: which events start which notification, for whom.
#   notifyctl trigger put -f trigger.yaml --tenant demo
apiVersion: notifyctl/v1
kind: Trigger
id: order-paid
on: order.paid
# All conditions must hold. Pointers (RFC 6901) go into the event.
when:
  - {pointer: /data/amount, op: gt, value: 0}
template: order-paid
channels: [in_app, log]
# The user whom the event names; or {user: alice}, or {tenant: true} for everybody.
audience:
  userFrom: /userid
enabled: true
)";

constexpr std::string_view kTemplate = R"(# A template: a file for each channel.
#   notifyctl template preview templates/order-paid --data templates/order-paid/samples/order.json
#   notifyctl template push templates/order-paid --tenant demo
id: order-paid
name: Order paid
description: Tells a customer that the payment has arrived.
channels: [in_app, log]
)";

constexpr std::string_view kInApp = R"(title: "Order {{data.order}} is paid"
body: "We received {{data.amount}} {{data.currency}}. Thank you!"
)";

constexpr std::string_view kLog =
    "order {{data.order}} of {{event.userid}} is paid: {{data.amount}} {{data.currency}}\n";

constexpr std::string_view kSample = R"({
  "event": {
    "id": "sample-1",
    "type": "order.paid",
    "source": "/shop",
    "time": "2026-06-01T12:00:00Z",
    "userid": "alice"
  },
  "data": {
    "order": "A-1001",
    "amount": 49.9,
    "currency": "EUR"
  },
  "tenant": {"id": "demo"},
  "user": {"id": "alice"},
  "rule": {"id": "order-paid"}
}
)";

constexpr std::string_view kEvent = R"({
  "type": "order.paid",
  "userid": "alice",
  "data": {"order": "A-1001", "amount": 49.9, "currency": "EUR"}
}
)";

}  // namespace

std::span<const InitFile> InitFiles() {
  static constexpr std::array<InitFile, 8> kFiles = {{
      {"notifyd.yaml", kAgent},
      {"tenant.yaml", kTenant},
      {"trigger.yaml", kTrigger},
      {"event.json", kEvent},
      {"templates/order-paid/template.yaml", kTemplate},
      {"templates/order-paid/in_app.yaml.hbs", kInApp},
      {"templates/order-paid/log.txt.hbs", kLog},
      {"templates/order-paid/samples/order.json", kSample},
  }};
  return kFiles;
}

}  // namespace notify::cli::top_level
