#include <array>

#include "agent/ingress/rest/openapi_parts.hpp"

namespace notify::agent::ingress {
namespace {

// clang-format off
constexpr std::array kShapes = {
    OperationShape{"getHealth", 200, "Health"},
    OperationShape{"getReadiness", 200, "Health"},
    OperationShape{"getPrometheusMetrics", 200, "text/plain"},
    OperationShape{"getOpenApi", 200, "Object"},
    OperationShape{"getAgentStatus", 200, "AgentStatus"},
    OperationShape{"drainAgent", 202, "Health"},
    OperationShape{"reloadAgent", 200, "Reloaded"},

    OperationShape{"createTenant", 201, "Tenant", "TenantRequest"},
    OperationShape{"listTenants", 200, "[Tenant]", "", "limit cursor"},
    OperationShape{"getTenant", 200, "Tenant"},
    OperationShape{"updateTenant", 200, "Tenant", "TenantRequest"},
    OperationShape{"deleteTenant", 200, "Deleted"},
    OperationShape{"suspendTenant", 200, "Tenant"},
    OperationShape{"resumeTenant", 200, "Tenant"},
    OperationShape{"createKey", 201, "NewKey", "KeyRequest"},
    OperationShape{"listKeys", 200, "[Key]", "", "limit cursor"},
    OperationShape{"revokeKey", 200, "Revoked"},
    OperationShape{"deleteKey", 200, "Revoked"},
    OperationShape{"createToken", 201, "NewToken", "TokenRequest"},
    OperationShape{"revokeTokens", 200, "Revoked"},

    OperationShape{"publishEvent", 202, "Published", "EventRequest", "expectedVersion Idempotency-Key"},
    OperationShape{"publishBatch", 200, "BatchResult", "EventBatch", "Idempotency-Key"},
    OperationShape{"importEvents", 200, "ImportResult", "EventBatch", "import line fromTenant fireTriggers onError dryRun Idempotency-Key"},
    OperationShape{"listEvents", 200, "[Event]", "", "after since until type subject stream userid topic last limit cursor"},
    OperationShape{"streamEvents", 200, "text/event-stream", "", "after type topic subject userid Last-Event-ID access_token"},
    OperationShape{"listEventStatus", 200, "[EventStatus]", "", "status scheduled after since until type subject stream userid topic limit cursor"},
    OperationShape{"replayEvents", 202, "Replay", "ReplayRequest"},
    OperationShape{"listReplays", 200, "[Replay]", "", "limit cursor"},
    OperationShape{"getReplay", 200, "Replay", "", "wait"},
    OperationShape{"cancelReplay", 200, "Replay"},
    OperationShape{"resumeReplay", 202, "Replay", "", "attended"},
    OperationShape{"interruptReplay", 200, "Replay"},
    OperationShape{"getEventStatus", 200, "EventStatus", "", "source"},
    OperationShape{"getEventMetrics", 200, "EventMetrics", "", "since until"},
    OperationShape{"retryEvent", 202, "EventRetried", "", "source"},
    OperationShape{"cancelEvent", 200, "EventStatus", "", "source"},
    OperationShape{"getEvent", 200, "Event", "", "source outcome"},

    OperationShape{"listSchemas", 200, "[EventSchemaItem]", "", "limit cursor"},
    OperationShape{"createSchema", 201, "EventSchema", "EventSchemaRequest"},
    OperationShape{"getSchema", 200, "EventSchema", "", "version"},
    OperationShape{"putSchema", 200, "EventSchema", "Object", "compatibility"},
    OperationShape{"deleteSchema", 200, "Deleted"},
    OperationShape{"getSchemaVersion", 200, "Object"},
    OperationShape{"checkSchema", 200, "EventSchemaCheck", "Object", "compatibility"},
    OperationShape{"validateEvent", 200, "EventSchemaCheck", "EventRequest"},
    OperationShape{"listConsumers", 200, "[Consumer]", "", "limit cursor"},
    OperationShape{"createConsumer", 201, "Consumer", "ConsumerRequest"},
    OperationShape{"getConsumer", 200, "Consumer"},
    OperationShape{"putConsumer", 200, "Consumer", "ConsumerRequest"},
    OperationShape{"deleteConsumer", 200, "Deleted"},
    OperationShape{"fetchConsumer", 200, "Fetched", "FetchRequest"},
    OperationShape{"ackConsumer", 200, "Acknowledged", "PositionRequest"},
    OperationShape{"nackConsumer", 200, "Refused", "PositionRequest"},
    OperationShape{"listDeadLetters", 200, "[DeadLetter]", "", "kind consumer limit cursor"},
    OperationShape{"getDeadLetter", 200, "DeadLetter"},
    OperationShape{"deleteDeadLetter", 200, "Deleted"},
    OperationShape{"retryDeadLetter", 200, "Retried"},
    OperationShape{"retryDeadLetters", 200, "DeadLetterCount", "", "kind consumer"},
    OperationShape{"purgeDeadLetters", 200, "DeadLetterCount", "", "kind consumer"},

    OperationShape{"listTriggers", 200, "[Trigger]", "", "limit cursor"},
    OperationShape{"createTrigger", 201, "Trigger", "TriggerRequest"},
    OperationShape{"getTrigger", 200, "Trigger"},
    OperationShape{"putTrigger", 200, "Trigger", "TriggerRequest"},
    OperationShape{"deleteTrigger", 200, "Deleted"},
    OperationShape{"listTemplates", 200, "[Template]", "", "limit cursor"},
    OperationShape{"createTemplate", 201, "Template", "TemplateRequest"},
    OperationShape{"getTemplate", 200, "Template"},
    OperationShape{"putTemplate", 200, "Template", "TemplateRequest"},
    OperationShape{"deleteTemplate", 200, "Deleted"},
    OperationShape{"validateTemplate", 200, "Validation", "TemplateRequest"},
    OperationShape{"sendNotification", 202, "NotificationResult", "NotificationRequest"},
    OperationShape{"testNotification", 200, "NotificationResult", "NotificationRequest"},
    OperationShape{"getDelivery", 200, "Delivery"},

    OperationShape{"getLogStat", 200, "LogStat"},
    OperationShape{"verifyLog", 200, "LogCheck"},

    OperationShape{"queryMetrics", 200, "MetricRows", "", "metric by since until"},
    OperationShape{"listAudit", 200, "[AuditRecord]", "", "since until action result limit cursor"},
};
// clang-format on

}  // namespace

std::span<const OperationShape> OperationShapes() { return kShapes; }

std::string_view ParametersText() {
  return R"json({
"after": {"name": "after", "in": "query", "description": "A position, exclusive: `E-N`, or `N` in the log that is there now", "schema": {"type": "string"}},
"since": {"name": "since", "in": "query", "description": "Inclusive: RFC 3339, or a duration back from now such as `1h`", "schema": {"type": "string"}},
"until": {"name": "until", "in": "query", "description": "Exclusive: RFC 3339, or a duration back from now", "schema": {"type": "string"}},
"type": {"name": "type", "in": "query", "description": "An event type, `fx.*`, or `*`; may repeat", "explode": true, "schema": {"type": "array", "items": {"type": "string"}}},
"topic": {"name": "topic", "in": "query", "schema": {"type": "string"}},
"subject": {"name": "subject", "in": "query", "schema": {"type": "string"}},
"stream": {"name": "stream", "in": "query", "schema": {"type": "string"}},
"userid": {"name": "userid", "in": "query", "schema": {"type": "string"}},
"source": {"name": "source", "in": "query", "description": "Where one id has several events", "schema": {"type": "string"}},
"status": {"name": "status", "in": "query", "description": "Only those that stand there; may repeat", "explode": true, "schema": {"type": "array", "items": {"type": "string", "enum": ["PENDING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"]}}},
"scheduled": {"name": "scheduled", "in": "query", "description": "`true`: only the schedule, all of it; `false`: only the log", "schema": {"type": "boolean"}},
"outcome": {"name": "outcome", "in": "query", "description": "Also what came of it", "schema": {"type": "boolean"}},
"last": {"name": "last", "in": "query", "description": "The last so many that match", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}},
"limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}},
"cursor": {"name": "cursor", "in": "query", "description": "`next` of the page before", "schema": {"type": "string"}},
"expectedVersion": {"name": "expectedVersion", "in": "query", "description": "A number, `any` or `none`", "schema": {"type": "string"}},
"import": {"name": "import", "in": "query", "description": "Of the import; with the line it is each event's duplicate key", "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{0,128}$"}},
"line": {"name": "line", "in": "query", "description": "The number of the body's first line, or first event of an array", "schema": {"type": "integer", "minimum": 1, "default": 1}},
"fromTenant": {"name": "fromTenant", "in": "query", "description": "Events may name this tenant as well: an export of another one is brought here on purpose", "schema": {"type": "string"}},
"fireTriggers": {"name": "fireTriggers", "in": "query", "description": "Treat the events as news: triggers, and the broadcast to connected clients", "schema": {"type": "boolean", "default": false}},
"dryRun": {"name": "dryRun", "in": "query", "description": "Check the events and store none; duplicates are not looked for", "schema": {"type": "boolean", "default": false}},
"onError": {"name": "onError", "in": "query", "description": "`stop`: nothing behind the first bad event is stored, and the connection ends; `type_reserved` is no reason to stop", "schema": {"type": "string", "enum": ["skip", "stop"], "default": "skip"}},
"access_token": {"name": "access_token", "in": "query", "description": "A hub token, where no header can be sent", "schema": {"type": "string"}},
"metric": {"name": "metric", "in": "query", "required": true, "schema": {"type": "string", "enum": ["events", "notifications", "deliveries"]}},
"by": {"name": "by", "in": "query", "description": "Labels, separated by commas", "schema": {"type": "string", "examples": ["tenant,type"]}},
"kind": {"name": "kind", "in": "query", "description": "Of what kind; absent: both", "schema": {"type": "string", "enum": ["consumer", "delivery"]}},
"consumer": {"name": "consumer", "in": "query", "description": "Of this consumer only", "schema": {"type": "string"}},
"action": {"name": "action", "in": "query", "schema": {"type": "string", "examples": ["tenant.create"]}},
"result": {"name": "result", "in": "query", "schema": {"type": "string", "enum": ["granted", "refused"]}},
"version": {"name": "version", "in": "query", "description": "Of a schema; default the newest", "schema": {"type": "integer", "minimum": 1}},
"compatibility": {"name": "compatibility", "in": "query", "description": "What this and later versions keep to", "schema": {"type": "string", "enum": ["none", "backward", "full"], "default": "backward"}},
"wait": {"name": "wait", "in": "query", "description": "Answer when it has ended, or after this time (at most 30s)", "schema": {"type": "string", "examples": ["5s"]}},
"attended": {"name": "attended", "in": "query", "description": "Interrupt it where nobody asks after it for 30 s", "schema": {"type": "boolean"}},
"Idempotency-Key": {"name": "Idempotency-Key", "in": "header", "description": "The duplicate key", "schema": {"type": "string"}},
"KeptAnswer": {"name": "Idempotency-Key", "in": "header", "description": "Repeats within 24 h have the first answer; another request under the key is 422", "schema": {"type": "string", "maxLength": 255}},
"Last-Event-ID": {"name": "Last-Event-ID", "in": "header", "description": "Resumes after this position", "schema": {"type": "string"}},
"X-Tenant": {"name": "X-Tenant", "in": "header", "description": "The tenant, for a credential of the platform", "schema": {"type": "string"}}
})json";
}

}  // namespace notify::agent::ingress
