#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/jwt_algorithm.hpp"
#include "common/hub_method.hpp"
#include "common/ids.hpp"
#include "common/log.hpp"
#include "common/pace.hpp"
#include "common/tenancy/strategy.hpp"

namespace notify {

/// An address to listen on. `host` is a name or an address, IPv6 without brackets; port 0 is any
/// free one.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;

  /// Nothing where `text` is not `host:port`, or `[v6]:port` for IPv6.
  static std::optional<HostPort> Parse(std::string_view text);
  /// `host:port`, IPv6 in brackets.
  std::string ToString() const;
  /// Whether only this machine can reach it: `localhost`, 127.0.0.0/8, `::1`.
  bool IsLoopback() const;
};

/// Where a secret or a key lies. The configuration never holds one itself.
struct KeySource {
  enum class Kind : std::uint8_t {
    kFile,        ///< `file:PATH`
    kEnv,         ///< `env:NAME`, an environment variable
    kCredential,  ///< `credential:NAME`, a file in systemd's $CREDENTIALS_DIRECTORY
    kCommand,     ///< `command:LINE`, the standard output of a command
  };
  Kind kind = Kind::kFile;
  std::string value;  ///< What follows the colon; empty: not configured.
  bool operator==(const KeySource&) const = default;

  /// Nothing where `text` has none of the prefixes or nothing after it.
  static std::optional<KeySource> Parse(std::string_view text);
  bool empty() const { return value.empty(); }
  /// As in the file: `file:/etc/notifyd/master.key`.
  std::string ToString() const;
};

/// One endpoint of an upstream service that the gateway stands in front of (contract 6).
struct RouteConfig {
  std::string path;      ///< Exact path, begins with `/`.
  std::string upstream;  ///< `http://host:port`, no path.
  /// Which answers give an event.
  struct {
    std::uint32_t status = 200;
    std::string method = "POST";
  } on;
  /// The event that such an answer gives.
  struct {
    std::string type;
    enum class Mode : std::uint8_t { kBeforeAnswer } mode = Mode::kBeforeAnswer;
    /// Member of `data` and the JSON Pointer into the answer that fills it, in order of the file;
    /// empty: the whole answer is the data.
    std::vector<std::pair<std::string, std::string>> data;
  } emit;
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(2);
  int line = 0;  ///< Where it stands in the file, for messages.
};

/// The tenants that somebody may speak for.
struct TenantScope {
  bool all = false;               ///< `*` in the file.
  std::vector<TenantId> tenants;  ///< Ignored where `all`.
  bool operator==(const TenantScope&) const = default;

  bool Covers(const TenantId& tenant) const;
};

/// An external issuer of tokens and the tenants that it may speak for (contract 5).
struct IssuerConfig {
  std::string issuer;    ///< `iss`, compared byte for byte.
  std::string audience;  ///< `aud` must contain it.
  std::vector<JwtAlgorithm> algorithms;
  KeySource key;          ///< PEM public key, for RS256 and ES256.
  KeySource secret;       ///< For HS256.
  std::string jwks_file;  ///< Several public keys with `kid`; empty: none.
  TenantScope tenants;
  std::string tenant_claim = "tenant";
  std::string roles_claim = "roles";
  int line = 0;  ///< Where it stands in the file, for messages.
};

/// By what a hub client may connect.
enum class HubTransport : std::uint8_t { kWebSockets, kServerSentEvents, kLongPolling };

/// What takes a hub method away from callers. Never gives one: a role that contract 5 does not let
/// call the method may not call it whatever stands here.
struct HubMethodConfig {
  HubMethod name = HubMethod::kJoinTenantGroup;
  bool enabled = true;
  std::optional<std::vector<std::string>> roles;  ///< Names of roles; nothing: all that may.
  PaceLimit per_connection;
  PaceLimit per_user;
  int line = 0;  ///< Where it stands in the file, for messages.
};

/// Which calls of hub methods are in the audit.
enum class AuditedInvocations : std::uint8_t { kRefused, kAll };

/// The agent's configuration: every value has its default here and its row in fields.cpp.
/// Durations are never negative. Plain data.
/// Threads: any, once loaded.
struct AgentConfig {
  HostPort listen{"127.0.0.1", 7800};
  std::string socket;  ///< After LoadConfig never empty: default `DATA_DIR/notifyd.sock`.
  std::string data_dir = "./data";
  bool insecure = false;
  bool dev = false;
  std::string templates_dir;  ///< Empty: the templates installed with the program.

  struct {
    std::uint32_t io = 0;  ///< 0: one per core.
    std::uint32_t storage = 2;
  } threads;

  struct {
    KeySource master_key;  ///< After LoadConfig never empty: default `file:DATA_DIR/master.key`.
  } security;

  struct {
    log::Level level = log::Level::kInformation;
    log::Format format = log::Format::kAuto;
  } log;

  struct {
    std::uint64_t max_body_bytes = 8ULL << 20;
    std::uint64_t max_event_bytes = 256ULL << 10;
    std::uint32_t max_batch = 10'000;
    std::uint32_t max_json_depth = 64;
    std::chrono::nanoseconds header_timeout = std::chrono::seconds(10);
    std::chrono::nanoseconds idle_timeout = std::chrono::seconds(75);
    std::uint32_t max_connections = 20'000;
    struct {
      std::vector<std::string> allowed_origins;
    } cors;
    std::vector<std::string> trusted_proxies;  ///< Addresses or CIDR blocks.
  } http;

  struct {
    bool enabled = true;
    std::vector<Strategy> strategy = {Strategy::kKey, Strategy::kClaim, Strategy::kHeader,
                                      Strategy::kPath};
    std::string header = "X-Tenant";
    std::string path_pattern = "/t/{tenant}/";
    std::vector<std::string> base_domains;
    std::string custom;  ///< Regular expression; its first group is the tenant.
  } multi_tenancy;

  enum class NotificationProvider : std::uint8_t { kInMemory };
  struct {
    bool enabled = true;
    NotificationProvider provider = NotificationProvider::kInMemory;
    struct {
      std::chrono::nanoseconds retention = std::chrono::hours(24 * 90);
      std::uint32_t max_items = 1000;  ///< Of one user.
    } inbox;
  } notifications;

  struct {
    bool enabled = true;
    bool request_logging = true;
  } analytics;

  struct {
    bool fx_quote_created = true;
  } triggers;

  struct {
    struct {
      bool enabled = true;
    } signalr, notifications, multitenancy, analytics, events;
  } advanced;

  struct {
    std::vector<RouteConfig> routes;
  } gateway;

  std::vector<IssuerConfig> issuers;

  /// What a tenant may use that has no limits of its own; nothing: no limit.
  struct {
    std::optional<std::uint32_t> events_per_second;
    std::optional<std::uint32_t> events_burst;
    std::optional<std::uint32_t> requests_per_second;
    std::optional<std::uint32_t> requests_burst;
    std::optional<std::uint32_t> connections;
    std::optional<std::uint32_t> connections_soft;
  } limits;

  struct {
    bool connections = true;  ///< Whether they are recorded as they come and go.
    AuditedInvocations invocations = AuditedInvocations::kRefused;
  } audit;

  /// What may be held for later (`scheduledat`), of each tenant.
  struct {
    std::uint32_t max_events = 1'000'000;
    std::uint64_t max_bytes = 1ULL << 30;
    std::chrono::nanoseconds max_ahead = std::chrono::hours(366 * 24);
  } schedule;

  struct {
    std::chrono::nanoseconds keep_alive = std::chrono::seconds(15);
    std::chrono::nanoseconds client_timeout = std::chrono::seconds(30);
    std::chrono::nanoseconds handshake_timeout = std::chrono::seconds(15);
    std::chrono::nanoseconds close_timeout = std::chrono::seconds(5);
    std::chrono::nanoseconds send_timeout = std::chrono::seconds(10);
    std::uint64_t max_message_bytes = 320ULL << 10;
    std::uint64_t queue_bytes = 1ULL << 20;  ///< Outbound, per connection.
    std::vector<HubTransport> transports{HubTransport::kWebSockets, HubTransport::kServerSentEvents,
                                         HubTransport::kLongPolling};
    std::chrono::nanoseconds disconnect_timeout = std::chrono::seconds(15);
    std::chrono::nanoseconds poll_timeout = std::chrono::seconds(90);
    bool stateful_reconnect = true;
    std::uint64_t stateful_bytes = 100'000;
    bool compression = false;
    std::uint32_t max_depth = 64;     ///< Of an incoming message.
    std::uint32_t upload_items = 10;  ///< Of an upload, read ahead.
    std::chrono::nanoseconds drain_window = std::chrono::seconds(2);
    std::chrono::nanoseconds presence_grace = std::chrono::seconds(5);
    std::uint32_t parallel_invocations = 1;  ///< Of a connection, at once.
    /// Calls of methods altogether.
    struct {
      PaceLimit per_connection{Pace{2000, std::chrono::seconds(1)}, {}};
      PaceLimit per_user{Pace{10'000, std::chrono::seconds(1)}, {}};
    } invocations;
    std::vector<HubMethodConfig> methods;
    /// Connections of one user or address of a tenant; nothing: no limit.
    struct {
      struct {
        std::optional<std::uint32_t> soft;
        std::optional<std::uint32_t> hard;
      } per_user, per_address;
    } limits;
    /// Subscriptions with `ack: true`.
    struct {
      std::chrono::nanoseconds timeout = std::chrono::seconds(30);
      std::uint32_t max_attempts = 8;
      std::uint32_t max_in_flight = 256;
      std::chrono::nanoseconds expire_after = std::chrono::hours(30 * 24);
      std::chrono::nanoseconds hold_for = std::chrono::hours(24);
    } ack;
  } hub;

  struct {
    std::chrono::nanoseconds dedupe_window = std::chrono::hours(24);
    std::uint32_t dedupe_max_events = 16'000'000;  ///< Per tenant.
    std::uint64_t journal_bytes = 64ULL << 20;     ///< Each of a storage thread's two files.
  } eventlog;

  /// How long events stay of a tenant that says nothing else; 0: no such limit.
  struct {
    std::chrono::nanoseconds max_age = std::chrono::hours(24 * 8);
    std::uint64_t keep_bytes = 1ULL << 30;
    std::uint64_t max_bytes = 0;
    std::uint64_t max_events = 0;
  } retention;

  /// How much of the disk the logs may take, in percent of the file system.
  struct {
    std::uint32_t tenant_percent = 10;
    std::uint32_t low_watermark = 85;
    std::uint32_t high_watermark = 95;
    std::uint32_t reserve = 2;
  } storage;

  struct {
    std::uint32_t max_open = 64;  ///< Tenants open at once.
    std::chrono::nanoseconds idle_close = std::chrono::seconds(60);
  } store;

  struct {
    struct {
      bool allow_private_networks = false;
      std::chrono::nanoseconds timeout = std::chrono::seconds(15);
      std::uint32_t attempts = 3;
    } webhook;
  } channels;

  struct {
    std::chrono::nanoseconds timeout = std::chrono::seconds(30);
  } drain;

  // Something is on when its flag and its section's `advanced.X.enabled` both are (contract 2).

  /// Off: the hub's paths are 404.
  bool SignalrOn() const { return advanced.signalr.enabled; }
  /// Off: `/api/notifications` is 404 `feature_disabled`.
  bool NotificationsOn() const { return notifications.enabled && advanced.notifications.enabled; }
  /// Off: one tenant `default` and no resolution.
  bool MultiTenancyOn() const { return multi_tenancy.enabled && advanced.multitenancy.enabled; }
  /// Off: no `/metrics`.
  bool AnalyticsOn() const { return analytics.enabled && advanced.analytics.enabled; }
  /// A line per request in the log.
  bool RequestLoggingOn() const { return AnalyticsOn() && analytics.request_logging; }
  /// Off: no rule fires and no gateway route emits.
  bool TriggersOn() const { return advanced.events.enabled; }
  /// Whether tenants without rules of their own get the FX rule as an example.
  bool FxQuoteCreatedOn() const { return TriggersOn() && triggers.fx_quote_created; }
};

}  // namespace notify
