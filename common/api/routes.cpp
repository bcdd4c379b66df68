#include "common/api/routes.hpp"

#include <algorithm>
#include <array>

namespace notify::api {
namespace {

using enum Method;
using enum Access;

// clang-format off
constexpr std::array kRoutes = {
    // Agent
    Route{kGet, "/healthz", "getHealth", kPublic, "Whether the process serves"},
    Route{kGet, "/readyz", "getReadiness", kPublic, "Whether the agent takes work: 503 while starting or draining"},
    Route{kGet, "/metrics", "getPrometheusMetrics", kPublic, "Metrics in the Prometheus text format"},
    Route{kGet, "/openapi.json", "getOpenApi", kPublic, "This description"},
    Route{kGet, "/api/admin/status", "getAgentStatus", kPlatformAdmin, "Version, uptime, counts and places of the agent"},
    Route{kPost, "/api/admin/backup", "backupAgent", kPlatformAdmin, "Everything but the master key as one tar file, while the agent serves"},
    Route{kPost, "/api/admin/restore", "restoreAgent", kPlatformAdmin, "Take in tenants of a backup, the request's body, while the agent serves"},
    Route{kPost, "/api/admin/drain", "drainAgent", kPlatformAdmin, "Finish what is in flight, tell clients to reconnect, stop"},
    Route{kPost, "/api/admin/reload", "reloadAgent", kPlatformAdmin, "Read the configuration file again"},

    // Tenants, keys, tokens
    Route{kPost, "/api/tenants", "createTenant", kPlatformAdmin, "Create a tenant"},
    Route{kGet, "/api/tenants", "listTenants", kPlatformAdmin, "List tenants"},
    Route{kGet, "/api/tenants/{id}", "getTenant", kPlatformAdmin, "Get a tenant"},
    Route{kPut, "/api/tenants/{id}", "updateTenant", kPlatformAdmin, "Replace the members given"},
    Route{kDelete, "/api/tenants/{id}", "deleteTenant", kPlatformAdmin, "Delete a tenant and all its data"},
    Route{kPost, "/api/tenants/{id}/suspend", "suspendTenant", kPlatformAdmin, "Refuse all requests of a tenant"},
    Route{kPost, "/api/tenants/{id}/resume", "resumeTenant", kPlatformAdmin, "Serve a suspended tenant again"},
    Route{kPost, "/api/keys", "createKey", kTenantAdmin, "Create an API key; it is shown once"},
    Route{kGet, "/api/keys", "listKeys", kTenantAdmin, "List API keys, without their secrets"},
    Route{kPost, "/api/keys/{id}/revoke", "revokeKey", kTenantAdmin, "Revoke an API key"},
    Route{kDelete, "/api/keys/{id}", "deleteKey", kTenantAdmin, "Revoke an API key"},
    Route{kPost, "/api/tokens", "createToken", kTenantAdmin, "Create a hub token for a user"},
    Route{kPost, "/api/tokens/{user}/revoke", "revokeTokens", kTenantAdmin, "Revoke all tokens of a user"},

    // Events
    Route{kPost, "/api/events/publish", "publishEvent", kPublisher, "Publish one event; answers when it is durable"},
    Route{kPost, "/api/events/batch", "publishBatch", kPublisher, "Publish many events; answers when they are durable"},
    Route{kPost, "/api/events/import", "importEvents", kTenantAdmin, "Bring in history with its own times; safe to repeat"},
    Route{kGet, "/api/events", "listEvents", kViewer, "List events, ascending"},
    Route{kGet, "/api/events/stream", "streamEvents", kSubscriber, "Live events from any position (SSE)"},
    Route{kGet, "/api/events/status", "listEventStatus", kViewer, "What became of events: those of the log, then those that are scheduled"},
    Route{kPost, "/api/events/replay", "replayEvents", kTenantAdmin, "Send a range again, or say what that would be (plan)"},
    Route{kGet, "/api/events/replay", "listReplays", kTenantAdmin, "List replays, the newest first"},
    Route{kGet, "/api/events/replay/{token}", "getReplay", kTenantAdmin, "How far a replay is, or its report; waits for its end on request"},
    Route{kDelete, "/api/events/replay/{token}", "cancelReplay", kTenantAdmin, "End a replay for good"},
    Route{kPost, "/api/events/replay/{token}/resume", "resumeReplay", kTenantAdmin, "Go on after the last event that was sent"},
    Route{kPost, "/api/events/replay/{token}/interrupt", "interruptReplay", kTenantAdmin, "End a replay so that it can be resumed"},
    Route{kGet, "/api/events/status/{id}", "getEventStatus", kAuthenticated, "What became of an event"},
    Route{kGet, "/api/events/metrics", "getEventMetrics", kViewer, "Rate, lag and success of event processing"},
    Route{kPost, "/api/events/retry/{id}", "retryEvent", kPublisher, "Try again what failed of an event's deliveries"},
    Route{kDelete, "/api/events/{id}", "cancelEvent", kPublisher, "Cancel a scheduled event that is not yet sent"},
    Route{kGet, "/api/events/{id}", "getEvent", kViewer, "Get an event, with its outcome on request"},

    // Streams
    Route{kGet, "/api/streams/{stream}", "readStream", kViewer, "Events of a stream, by version, from a version or a snapshot on"},
    Route{kGet, "/api/streams/{stream}/head", "getStream", kViewer, "Where a stream stands: version, last event, snapshot"},
    Route{kGet, "/api/streams/{stream}/snapshot", "getStreamSnapshot", kViewer, "The latest snapshot of a stream"},
    Route{kPut, "/api/streams/{stream}/snapshot", "putStreamSnapshot", kPublisher, "Keep a snapshot: the body is its JSON, ?version= what it holds"},
    Route{kDelete, "/api/streams/{stream}/snapshot", "deleteStreamSnapshot", kPublisher, "Delete the snapshot of a stream; its events stay"},

    // Schemas of event types
    Route{kGet, "/api/schemas", "listSchemas", kViewer, "List the newest version of each schema"},
    Route{kPost, "/api/schemas", "createSchema", kTenantAdmin, "Add a version of a type's schema"},
    Route{kGet, "/api/schemas/{id}", "getSchema", kViewer, "Get a schema, the newest or ?version="},
    Route{kPut, "/api/schemas/{id}", "putSchema", kTenantAdmin, "Add a version: the body is the schema itself"},
    Route{kDelete, "/api/schemas/{id}", "deleteSchema", kTenantAdmin, "Delete all versions of a schema"},
    Route{kGet, "/api/schemas/{id}/versions/{version}", "getSchemaVersion", kViewer, "The text of one version, as it was put"},
    Route{kPost, "/api/schemas/{id}/check", "checkSchema", kTenantAdmin, "Whether a schema could be the next version"},
    Route{kPost, "/api/schemas/{id}/validate", "validateEvent", kViewer, "Whether an event fits the schema of its type"},
    Route{kGet, "/api/schemas/{id}/upcasters", "listUpcasters", kViewer, "List what lifts old versions of a type's events"},
    Route{kPut, "/api/schemas/{id}/upcasters/{version}", "putUpcaster", kTenantAdmin, "Lift a version to the next one by a patch as events are read"},
    Route{kDelete, "/api/schemas/{id}/upcasters/{version}", "deleteUpcaster", kTenantAdmin, "Delete an upcaster at an end of the chain"},
    Route{kPost, "/api/schemas/{id}/upcasters/try", "tryUpcasters", kViewer, "Lift data of version ?from= without storing anything"},
    // Consumers, dead letters
    Route{kGet, "/api/consumers", "listConsumers", kViewer, "List durable consumers"},
    Route{kPost, "/api/consumers", "createConsumer", kTenantAdmin, "Create a durable consumer"},
    Route{kGet, "/api/consumers/{id}", "getConsumer", kViewer, "Get a consumer: where it stands, how far behind it is"},
    Route{kPut, "/api/consumers/{id}", "putConsumer", kTenantAdmin, "Create a consumer, or change it; with after it is moved"},
    Route{kDelete, "/api/consumers/{id}", "deleteConsumer", kTenantAdmin, "Delete a consumer; its dead letters stay"},
    Route{kPost, "/api/consumers/{id}/fetch", "fetchConsumer", kViewer, "Take the next events, waiting for them on request"},
    Route{kPost, "/api/consumers/{id}/ack", "ackConsumer", kViewer, "Acknowledge everything up to a position"},
    Route{kPost, "/api/consumers/{id}/nack", "nackConsumer", kViewer, "Say that an event could not be done"},
    Route{kGet, "/api/dlq", "listDeadLetters", kViewer, "List dead letters of consumers and deliveries, oldest first"},
    Route{kGet, "/api/dlq/{id}", "getDeadLetter", kViewer, "Get a dead letter with its event or delivery"},
    Route{kDelete, "/api/dlq/{id}", "deleteDeadLetter", kTenantAdmin, "Remove a dead letter for good"},
    Route{kPost, "/api/dlq/{id}/retry", "retryDeadLetter", kTenantAdmin, "Give a dead letter back to its consumer or channel"},
    Route{kPost, "/api/dlq/retry", "retryDeadLetters", kTenantAdmin, "Give back all dead letters that match"},
    Route{kPost, "/api/dlq/purge", "purgeDeadLetters", kTenantAdmin, "Remove all dead letters that match"},

    // Live connections, who is online
    Route{kGet, "/api/connections", "listConnections", kViewer, "List live connections, with their lag and subscriptions"},
    Route{kGet, "/api/connections/{id}", "getConnection", kViewer, "Get a live connection"},
    Route{kDelete, "/api/connections/{id}", "deleteConnection", kTenantAdmin, "End a connection; its client is not invited to come again"},
    Route{kPost, "/api/connections/{id}/kick", "kickConnection", kTenantAdmin, "End a connection; its client may come again unless told otherwise"},
    Route{kPost, "/api/connections/{id}/invoke", "invokeConnection", kTenantAdmin, "Call a method of the client and answer with what it returned"},
    Route{kGet, "/api/presence", "listPresence", kViewer, "List the users that are online"},
    Route{kGet, "/api/presence/{user}", "getPresence", kViewer, "Get whether a user is online"},

    // Projections
    Route{kGet, "/api/projections", "listProjections", kViewer, "List projections, the built-in one first"},
    Route{kPost, "/api/projections", "createProjection", kTenantAdmin, "Register a projection"},
    Route{kGet, "/api/projections/{id}", "getProjection", kViewer, "Get a projection: definition, position, how far a rebuild is"},
    Route{kPut, "/api/projections/{id}", "putProjection", kTenantAdmin, "Register a projection, or change it, which is a rebuild"},
    Route{kDelete, "/api/projections/{id}", "deleteProjection", kTenantAdmin, "Delete a projection with all its states"},
    Route{kPost, "/api/projections/{id}/rebuild", "rebuildProjection", kTenantAdmin, "Build a projection again while the old states serve"},
    Route{kGet, "/api/projections/{id}/state", "queryProjection", kViewer, "What a projection holds, of one key or page by page"},

    // Triggers, templates, notifications
    Route{kGet, "/api/triggers", "listTriggers", kViewer, "List triggers"},
    Route{kPost, "/api/triggers", "createTrigger", kTenantAdmin, "Create a trigger"},
    Route{kGet, "/api/triggers/{id}", "getTrigger", kViewer, "Get a trigger"},
    Route{kPut, "/api/triggers/{id}", "putTrigger", kTenantAdmin, "Create or replace a trigger"},
    Route{kDelete, "/api/triggers/{id}", "deleteTrigger", kTenantAdmin, "Delete a trigger"},
    Route{kGet, "/api/templates", "listTemplates", kViewer, "List templates"},
    Route{kPost, "/api/templates", "createTemplate", kTenantAdmin, "Create a template"},
    Route{kGet, "/api/templates/{id}", "getTemplate", kViewer, "Get a template with its files"},
    Route{kPut, "/api/templates/{id}", "putTemplate", kTenantAdmin, "Create or replace a template"},
    Route{kDelete, "/api/templates/{id}", "deleteTemplate", kTenantAdmin, "Delete a template"},
    Route{kPost, "/api/templates/{id}/validate", "validateTemplate", kTenantAdmin, "Check a template without storing it"},
    Route{kPost, "/api/notifications", "sendNotification", kPublisher, "Send a notification, or show it (dryRun)"},
    Route{kPost, "/api/notifications/test", "testNotification", kPublisher, "Show a notification, or send it marked as a test"},
    Route{kGet, "/api/inbox", "listInbox", kSubscriber, "List a user's in-app notifications, the newest first"},
    Route{kGet, "/api/inbox/unread", "countInbox", kSubscriber, "How many unread notifications a user has"},
    Route{kPost, "/api/inbox/read", "readInbox", kSubscriber, "Mark notifications as read"},
    Route{kPost, "/api/inbox/unread", "unreadInbox", kSubscriber, "Mark notifications as unread"},
    Route{kPost, "/api/inbox/archive", "archiveInbox", kSubscriber, "Put notifications into the archive"},
    Route{kPost, "/api/inbox/unarchive", "unarchiveInbox", kSubscriber, "Take notifications out of the archive"},
    Route{kPost, "/api/inbox/rebuild", "rebuildInboxes", kTenantAdmin, "Build all inboxes from the log again"},
    Route{kGet, "/api/delivery/status/{id}", "getDelivery", kViewer, "What became of a delivery"},

    // The log itself
    Route{kGet, "/api/log/stat", "getLogStat", kViewer, "Where the events of the log lie, and how many"},
    Route{kPut, "/api/log/hold", "holdLog", kTenantAdmin, "Keep all of the log from retention (legal hold)"},
    Route{kDelete, "/api/log/hold", "releaseLog", kTenantAdmin, "Let retention remove what is too old again"},
    Route{kPost, "/api/log/compact", "compactLog", kTenantAdmin, "Give back what is dead in the log's segments, in the background"},
    Route{kGet, "/api/log/compact", "getLogCompaction", kViewer, "How far the last compaction is"},
    Route{kGet, "/api/log/verify", "verifyLog", kTenantAdmin, "Read and prove every block of the log"},

    // Metrics, audit
    Route{kGet, "/api/metrics/query", "queryMetrics", kViewer, "Exact counts by tenant, type, channel or status"},
    Route{kGet, "/api/audit", "listAudit", kTenantAdmin, "Audit records, in order of time"},
};
// clang-format on

/// How much of each pattern stands before its first parameter.
constexpr std::array kLiteral = [] {
  std::array<std::size_t, kRoutes.size()> literal{};
  for (std::size_t i = 0; i < kRoutes.size(); ++i) literal[i] = kRoutes[i].pattern.find('{');
  return literal;
}();

std::string_view NextSegment(std::string_view& rest) {
  rest.remove_prefix(1);
  const auto end = std::min(rest.find('/'), rest.size());
  const auto segment = rest.substr(0, end);
  rest.remove_prefix(end);
  return segment;
}

bool IsParameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// How many literal segments match before the first parameter decides which pattern wins.
std::optional<int> MatchPattern(std::string_view pattern, std::string_view path,
                                PathParameters& parameters) {
  int literal = 0;
  while (!pattern.empty() && !path.empty()) {
    if (path.front() != '/') return std::nullopt;
    const auto expected = NextSegment(pattern);
    const auto segment = NextSegment(path);
    if (segment == expected) {
      ++literal;
      continue;
    }
    if (!IsParameter(expected) || segment.empty()) return std::nullopt;
    auto value = PercentDecode(segment);
    if (!value || value->find('/') != std::string::npos || *value == "." || *value == "..") {
      return std::nullopt;
    }
    parameters.emplace(expected.substr(1, expected.size() - 2), std::move(*value));
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return literal;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string_view MethodName(Method method) {
  switch (method) {
    case kGet:
      return "GET";
    case kPost:
      return "POST";
    case kPut:
      return "PUT";
    case kDelete:
      return "DELETE";
  }
  return "";
}

std::optional<Method> MethodFromName(std::string_view name) {
  for (const auto method : {kGet, kPost, kPut, kDelete}) {
    if (MethodName(method) == name) return method;
  }
  return std::nullopt;
}

std::string_view AccessName(Access access) {
  switch (access) {
    case kPublic:
      return "public";
    case kAuthenticated:
      return "authenticated";
    case kSubscriber:
      return "subscriber";
    case kViewer:
      return "viewer";
    case kPublisher:
      return "publisher";
    case kTenantAdmin:
      return "tenant-admin";
    case kPlatformAdmin:
      return "platform-admin";
  }
  return "";
}

std::span<const Route> Routes() { return kRoutes; }

const Route* FindOperation(std::string_view operation) {
  const auto found = std::ranges::find(kRoutes, operation, &Route::operation);
  return found == kRoutes.end() ? nullptr : &*found;
}

Match MatchRoute(Method method, std::string_view path) {
  Match match;
  int best = -1;
  for (std::size_t i = 0; i < kRoutes.size(); ++i) {
    const Route& route = kRoutes[i];
    // Every request looks at all routes, and this passes over nearly all of them.
    if (!path.starts_with(route.pattern.substr(0, kLiteral[i]))) continue;
    PathParameters parameters;
    const auto literal = MatchPattern(route.pattern, path, parameters);
    if (!literal || *literal < best) continue;
    if (*literal > best) match = Match{};
    best = *literal;
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += MethodName(route.method);
    if (route.method == method) {
      match.route = &route;
      match.parameters = std::move(parameters);
    }
  }
  return match;
}

std::string BuildPath(std::string_view operation, const PathParameters& parameters) {
  const auto* route = FindOperation(operation);
  if (route == nullptr) return {};
  std::string path;
  std::string_view rest = route->pattern;
  while (!rest.empty()) {
    const auto segment = NextSegment(rest);
    path += '/';
    if (!IsParameter(segment)) {
      path += segment;
      continue;
    }
    const auto value = parameters.find(segment.substr(1, segment.size() - 2));
    if (value == parameters.end()) {
      path += segment;
    } else {
      path += PercentEncode(value->second);
    }
  }
  return path;
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace notify::api
