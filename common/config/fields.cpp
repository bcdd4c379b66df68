// The one table of the agent's configuration; the rows of `hub` are in hub_fields.cpp. A value's
// default is its initializer in agent_config.hpp; everything else about it is its row here.
#include <algorithm>
#include <iterator>

#include "common/config/codec.hpp"
#include "common/config/field.hpp"

namespace notify {
namespace {

using namespace std::chrono_literals;
using namespace codec;  // NOLINT(google-build-using-namespace): the rows are made of nothing else.
using std::string_view;

using Fields = std::vector<Field<AgentConfig>>;
using log::Format;
using log::Level;
using Provider = AgentConfig::NotificationProvider;

// Finds the value of a row, in a const configuration and in one that is being read.
#define AT(member) \
  [](auto& config) -> auto& { return config.member; }

template <typename E>
constexpr std::pair<string_view, E> W(string_view word, E value) {
  return {word, value};
}

constexpr Word kLevels{std::array{W("debug", Level::kDebug), W("information", Level::kInformation),
                                  W("warning", Level::kWarning), W("error", Level::kError)}};
constexpr Word kFormats{
    std::array{W("auto", Format::kAuto), W("json", Format::kJson), W("text", Format::kText)}};
constexpr Word kProviders{std::array{W("in_memory", Provider::kInMemory)}};
constexpr Word kStrategies{std::array{
    W("key", Strategy::kKey), W("claim", Strategy::kClaim), W("header", Strategy::kHeader),
    W("path", Strategy::kPath), W("host", Strategy::kHost), W("subdomain", Strategy::kSubdomain),
    W("custom", Strategy::kCustom)}};

constexpr Word kAuditedInvocations{
    std::array{W("refused", AuditedInvocations::kRefused), W("all", AuditedInvocations::kAll)}};

constexpr auto kAnyText = [](string_view) { return true; };
constexpr Text kPath{.what = "a path"};
constexpr Text kOptionalPath{.what = "a path", .accepts = kAnyText};

bool IsOrigin(string_view text) {
  const auto scheme = text.find("://");
  return scheme != string_view::npos && scheme > 0 &&
         text.find_first_of("/?# *", scheme + 3) == string_view::npos && text.size() > scheme + 3;
}

bool IsAddressBlock(string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789abcdefABCDEF:./") == string_view::npos &&
         text.find_first_of(".:") != string_view::npos;
}

Field<AgentConfig> WithFlag(std::string flag, Field<AgentConfig> field) {
  field.flag = std::move(flag);
  return field;
}

void AddProcess(Fields& f) {
  f.push_back(
      WithFlag("--listen", Row<AgentConfig>("listen", Address{},
                                            "Where the agent listens for HTTP. Port 0 takes a free "
                                            "one. What is not loopback needs `insecure`.",
                                            AT(listen))));
  f.push_back(WithFlag(
      "--socket", Row<AgentConfig>("socket", kOptionalPath,
                                   "The Unix socket; it trusts root and the agent's own user as "
                                   "`platform-admin`. Empty: `notifyd.sock` in the data folder.",
                                   AT(socket))));
  f.push_back(
      WithFlag("--data-dir", Row<AgentConfig>("data_dir", kPath,
                                              "The data folder. `$STATE_DIRECTORY`, as systemd "
                                              "sets it, takes the place of the default.",
                                              AT(data_dir))));
  f.push_back(WithFlag(
      "--insecure",
      Row<AgentConfig>("insecure", Bool{}, "Allows a listener that is not loopback without TLS.",
                       AT(insecure))));
  f.push_back(
      WithFlag("--dev", Row<AgentConfig>("dev", Bool{},
                                         "Development: tenant `default`, keys printed once, a page "
                                         "at `/dev`, readable logs; loopback only.",
                                         AT(dev))));
  f.push_back(Row<AgentConfig>(
      "templates_dir", kOptionalPath,
      "The folder of the shipped templates. Empty: the ones installed with the program.",
      AT(templates_dir)));
  f.push_back(Row<AgentConfig>("threads.io", Number{.max = 256},
                               "Threads that serve connections; 0 is one per core.",
                               AT(threads.io)));
  f.push_back(Row<AgentConfig>("threads.storage", Number{.min = 1, .max = 64},
                               "Threads that write; each tenant belongs to one.",
                               AT(threads.storage)));
  f.push_back(Row<AgentConfig>("security.master_key", Source{},
                               "Where the master key lies. Not set: `file:master.key` in the data "
                               "folder, made at the first start.",
                               AT(security.master_key)));
  f.push_back(
      Row<AgentConfig>("log.level", kLevels, "The least level that is written.", AT(log.level)));
  f.push_back(Row<AgentConfig>("log.format", kFormats,
                               "`auto` is text on a terminal, JSON elsewhere.", AT(log.format)));
  f.push_back(Row<AgentConfig>("drain.timeout", Duration{.min = 0s, .max = 1h},
                               "How long a stop waits for what is in flight.", AT(drain.timeout)));
}

void AddHttp(Fields& f) {
  f.push_back(Row<AgentConfig>("http.max_body_bytes", Size{.min = 1024, .max = 1U << 30},
                               "Largest request body.", AT(http.max_body_bytes)));
  f.push_back(Row<AgentConfig>("http.max_event_bytes", Size{.min = 1024, .max = 64U << 20},
                               "Largest event.", AT(http.max_event_bytes)));
  f.push_back(Row<AgentConfig>("http.max_batch", Number{.min = 1, .max = 1'000'000},
                               "Most events in one batch.", AT(http.max_batch)));
  f.push_back(Row<AgentConfig>("http.max_json_depth", Number{.min = 4, .max = 512},
                               "Deepest nesting of JSON.", AT(http.max_json_depth)));
  f.push_back(Row<AgentConfig>("http.header_timeout", Duration{},
                               "How long the head of a request may take.",
                               AT(http.header_timeout)));
  f.push_back(Row<AgentConfig>("http.idle_timeout", Duration{},
                               "How long a connection may stay without a request.",
                               AT(http.idle_timeout)));
  f.push_back(Row<AgentConfig>("http.max_connections", Number{.min = 1, .max = 10'000'000},
                               "Most connections at once, of all kinds.",
                               AT(http.max_connections)));
  f.push_back(Row<AgentConfig>(
      "http.cors.allowed_origins",
      List<Text>{{.what = "origins such as https://app.example.com", .accepts = IsOrigin}},
      "Origins that browsers may call hub and API from, compared exactly.",
      AT(http.cors.allowed_origins)));
  f.push_back(Row<AgentConfig>(
      "http.trusted_proxies",
      List<Text>{{.what = "addresses or blocks such as 10.0.0.0/8", .accepts = IsAddressBlock}},
      "Proxies whose `X-Forwarded-*` headers count.", AT(http.trusted_proxies)));
}

void AddTenancy(Fields& f) {
  f.push_back(Row<AgentConfig>("multi_tenancy.enabled", Bool{},
                               "Off: one tenant, `default`, and no resolution.",
                               AT(multi_tenancy.enabled)));
  f.push_back(Row<AgentConfig>("multi_tenancy.strategy", List{kStrategies},
                               "Where a request names its tenant, in this order. A single word is "
                               "a chain of one. The tenant of a credential always counts.",
                               AT(multi_tenancy.strategy)));
  f.push_back(Row<AgentConfig>("multi_tenancy.header", Text{.what = "the name of a header"},
                               "For `header`.", AT(multi_tenancy.header)));
  f.push_back(Row<AgentConfig>("multi_tenancy.path_pattern", kPath,
                               "For `path`; ends with `{tenant}/`.",
                               AT(multi_tenancy.path_pattern)));
  f.push_back(Row<AgentConfig>("multi_tenancy.base_domains",
                               List<Text>{{.what = "domains such as api.smartpay.com"}},
                               "For `subdomain`: the tenant is the one label before a base domain.",
                               AT(multi_tenancy.base_domains)));
  f.push_back(Row<AgentConfig>("multi_tenancy.custom",
                               Text{.what = "a regular expression", .accepts = kAnyText},
                               "For `custom`: searched in host and path, as in "
                               "`blue.example.com/api/events`; its first group is the tenant.",
                               AT(multi_tenancy.custom)));
}

void AddFeatures(Fields& f) {
  f.push_back(Row<AgentConfig>("notifications.enabled", Bool{},
                               "Off: `/api/notifications` answers 404 `feature_disabled`.",
                               AT(notifications.enabled)));
  f.push_back(Row<AgentConfig>("notifications.provider", kProviders,
                               "What carries notifications between connections.",
                               AT(notifications.provider)));
  f.push_back(Row<AgentConfig>("notifications.inbox.retention",
                               Duration{.min = 1s, .max = 876'000h},
                               "Notifications older than this leave the inboxes, read or not.",
                               AT(notifications.inbox.retention)));
  f.push_back(Row<AgentConfig>("notifications.inbox.max_items", Number{.min = 1, .max = 100'000},
                               "Of more notifications than this of one user the oldest leave its "
                               "inbox.",
                               AT(notifications.inbox.max_items)));
  f.push_back(
      Row<AgentConfig>("analytics.enabled", Bool{}, "Off: no `/metrics`.", AT(analytics.enabled)));
  f.push_back(Row<AgentConfig>("analytics.request_logging", Bool{},
                               "A line in the log for each request.",
                               AT(analytics.request_logging)));
  f.push_back(Row<AgentConfig>("triggers.fx_quote_created", Bool{},
                               "Gives tenants without rules the FX quote rule as an example.",
                               AT(triggers.fx_quote_created)));
  f.push_back(Row<AgentConfig>("advanced.signalr.enabled", Bool{},
                               "Off: the hub's paths answer 404.", AT(advanced.signalr.enabled)));
  f.push_back(Row<AgentConfig>("advanced.notifications.enabled", Bool{},
                               "Must be on too for `notifications`.",
                               AT(advanced.notifications.enabled)));
  f.push_back(Row<AgentConfig>("advanced.multitenancy.enabled", Bool{},
                               "Must be on too for `multi_tenancy`.",
                               AT(advanced.multitenancy.enabled)));
  f.push_back(Row<AgentConfig>("advanced.analytics.enabled", Bool{},
                               "Must be on too for `analytics`.", AT(advanced.analytics.enabled)));
  f.push_back(Row<AgentConfig>("advanced.events.enabled", Bool{}, "Off: no triggers.",
                               AT(advanced.events.enabled)));
}

void AddGatewayAndIssuers(Fields& f) {
  f.push_back(Row<AgentConfig>("gateway.routes", Objects<RouteConfig>{RouteFields},
                               "Endpoints of upstream services whose answers become events.",
                               AT(gateway.routes)));
  f.back().nested = true;
  f.push_back(Row<AgentConfig>("issuers", Objects<IssuerConfig>{IssuerFields},
                               "External issuers of tokens.", AT(issuers)));
  f.back().nested = true;
}

void AddLimits(Fields& f) {
  f.push_back(
      Row<AgentConfig>("limits.events_per_second", Limit{},
                       "Events a tenant may publish, sustained, where it has no limit of its own.",
                       AT(limits.events_per_second)));
  f.push_back(
      Row<AgentConfig>("limits.events_burst", Limit{}, "Events at once.", AT(limits.events_burst)));
  f.push_back(Row<AgentConfig>("limits.requests_per_second", Limit{},
                               "Requests of a tenant, sustained.", AT(limits.requests_per_second)));
  f.push_back(Row<AgentConfig>("limits.requests_burst", Limit{}, "Requests at once.",
                               AT(limits.requests_burst)));
  f.push_back(Row<AgentConfig>("limits.connections", Limit{}, "Connections of a tenant.",
                               AT(limits.connections)));
  f.push_back(Row<AgentConfig>("limits.connections_soft", Limit{},
                               "From how many connections of a tenant on there is a warning.",
                               AT(limits.connections_soft)));
  f.push_back(
      Row<AgentConfig>("audit.connections", Bool{},
                       "Whether connections are in the audit as they come and go; equal ones "
                       "within 10 s are one record with a count.",
                       AT(audit.connections)));
  f.push_back(Row<AgentConfig>(
      "audit.invocations", kAuditedInvocations,
      "Which calls of hub methods are in the audit. Refused ones always are; equal ones within "
      "10 s are one record with a count.",
      AT(audit.invocations)));
}

void AddSchedule(Fields& f) {
  f.push_back(Row<AgentConfig>("schedule.max_events", Number{.min = 1, .max = 10'000'000},
                               "Events of a tenant that may wait for their `scheduledat`.",
                               AT(schedule.max_events)));
  f.push_back(Row<AgentConfig>("schedule.max_bytes", Size{.min = 64U << 10, .max = 1ULL << 40},
                               "Their bytes altogether.", AT(schedule.max_bytes)));
  f.push_back(Row<AgentConfig>("schedule.max_ahead", Duration{.min = 1s, .max = 87600h},
                               "How far ahead an event may be scheduled.", AT(schedule.max_ahead)));
}

void AddStorage(Fields& f) {
  f.push_back(Row<AgentConfig>("eventlog.dedupe_window", Duration{.min = 1s, .max = 720h},
                               "For how long a duplicate is recognised.",
                               AT(eventlog.dedupe_window)));
  f.push_back(
      Row<AgentConfig>("eventlog.dedupe_max_events", Number{.min = 1, .max = 1'000'000'000},
                       "Among how many of a tenant's last events a duplicate is recognised.",
                       AT(eventlog.dedupe_max_events)));
  f.push_back(Row<AgentConfig>("eventlog.journal_bytes", Size{.min = 64U << 10, .max = 1U << 30},
                               "How large each of the two journal files of a storage thread may "
                               "become; four times that while the "
                               "other one is being moved.",
                               AT(eventlog.journal_bytes)));
  f.push_back(Row<AgentConfig>("retention.max_age", Duration{.min = 1s, .max = 876'000h},
                               "Events older than this are removed, where the tenant's log is "
                               "larger than `retention.keep_bytes`.",
                               AT(retention.max_age)));
  f.push_back(Row<AgentConfig>("retention.keep_bytes", Size{.min = 0, .max = 1ULL << 50},
                               "Older events stay while the tenant's log is not larger than this.",
                               AT(retention.keep_bytes)));
  f.push_back(Row<AgentConfig>("retention.max_bytes", Size{.min = 0, .max = 1ULL << 50},
                               "Above this the oldest events go however young they are; 0: no such "
                               "limit.",
                               AT(retention.max_bytes)));
  f.push_back(Row<AgentConfig>("retention.max_events", Count{.max = 1ULL << 50},
                               "Of more events than this the oldest go; 0: no such limit.",
                               AT(retention.max_events)));
  f.push_back(Row<AgentConfig>("storage.tenant_percent", Number{.min = 1, .max = 100},
                               "How much of the file system one tenant's log may take, in percent, "
                               "where it has no limit `storageBytes`. The oldest events go first.",
                               AT(storage.tenant_percent)));
  f.push_back(Row<AgentConfig>("storage.low_watermark", Number{.min = 1, .max = 100},
                               "From so many percent used on, tenants above their share are warned "
                               "(`quota.storage.warning`).",
                               AT(storage.low_watermark)));
  f.push_back(Row<AgentConfig>("storage.high_watermark", Number{.min = 1, .max = 100},
                               "From so many percent used on, new events of tenants above their "
                               "share are refused with 507.",
                               AT(storage.high_watermark)));
  f.push_back(Row<AgentConfig>("storage.reserve", Number{.min = 0, .max = 50},
                               "So many percent are kept free for the agent's own state: below it "
                               "every new event is refused with 507.",
                               AT(storage.reserve)));
  f.push_back(Row<AgentConfig>("store.max_open", Number{.min = 1, .max = 65'536},
                               "Most tenants whose files are open at once.", AT(store.max_open)));
  f.push_back(Row<AgentConfig>("store.idle_close", Duration{},
                               "After how long an idle tenant's files are closed.",
                               AT(store.idle_close)));
  f.push_back(Row<AgentConfig>("channels.webhook.allow_private_networks", Bool{},
                               "Lets webhooks reach loopback and private addresses.",
                               AT(channels.webhook.allow_private_networks)));
  f.push_back(Row<AgentConfig>("channels.webhook.timeout", Duration{},
                               "How long one attempt may take.", AT(channels.webhook.timeout)));
  f.push_back(Row<AgentConfig>("channels.webhook.attempts", Number{.min = 1, .max = 20},
                               "Attempts in all.", AT(channels.webhook.attempts)));
}

#undef AT

Fields AllFields() {
  Fields fields;
  AddProcess(fields);
  AddHttp(fields);
  AddTenancy(fields);
  AddFeatures(fields);
  AddGatewayAndIssuers(fields);
  AddLimits(fields);
  AddSchedule(fields);
  std::ranges::move(HubFields(), std::back_inserter(fields));
  AddStorage(fields);
  return fields;
}

}  // namespace

const std::vector<Field<AgentConfig>>& AgentFields() {
  static const Fields fields = AllFields();
  return fields;
}

}  // namespace notify
