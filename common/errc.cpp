#include "common/errc.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace notify {
namespace {

constexpr std::array kTable = {
    ErrcInfo{Errc::kInvalidArgument, "invalid_argument", 400, 8, false,
             "A value is not allowed here."},
    ErrcInfo{Errc::kInvalidJson, "invalid_json", 400, 8, false, "The body is not valid JSON."},
    ErrcInfo{Errc::kJsonTooDeep, "json_too_deep", 400, 8, false, "The JSON is nested too deeply."},
    ErrcInfo{Errc::kInvalidEvent, "invalid_event", 400, 8, false,
             "The event is not a valid CloudEvent."},
    ErrcInfo{Errc::kAttributeReserved, "attribute_reserved", 400, 8, false,
             "Only the agent sets this attribute."},
    ErrcInfo{Errc::kTypeReserved, "type_reserved", 403, 4, false,
             "Only the agent publishes events of this type."},
    ErrcInfo{Errc::kContentTypeUnsupported, "content_type_unsupported", 415, 8, false,
             "The content type is not supported here."},
    ErrcInfo{Errc::kBodyTooLarge, "body_too_large", 413, 8, false,
             "The request body is too large."},
    ErrcInfo{Errc::kEventTooLarge, "event_too_large", 413, 8, false, "The event is too large."},
    ErrcInfo{Errc::kBatchTooLarge, "batch_too_large", 413, 8, false,
             "The batch has too many events."},
    ErrcInfo{Errc::kBatchTooLargeForQuota, "batch_too_large_for_quota", 413, 6, false,
             "The batch is larger than the tenant's burst; waiting cannot help."},
    ErrcInfo{Errc::kInvalidConfig, "invalid_config", 400, 8, false,
             "The configuration is not valid."},
    ErrcInfo{Errc::kInvalidTemplate, "invalid_template", 400, 8, false,
             "The template is not valid."},
    ErrcInfo{Errc::kTemplateData, "template_data", 400, 8, false,
             "The template needs data that is not there."},
    ErrcInfo{Errc::kEnvelopeRequired, "envelope_required", 400, 8, false,
             "This needs the envelope payload."},
    ErrcInfo{Errc::kScheduledTooFar, "scheduled_too_far", 400, 8, false,
             "The event is scheduled further ahead than the agent holds events."},
    ErrcInfo{Errc::kUnauthenticated, "unauthenticated", 401, 4, false, "A credential is needed."},
    ErrcInfo{Errc::kTokenExpired, "token_expired", 401, 4, false, "The token has expired."},
    ErrcInfo{Errc::kTokenInvalid, "token_invalid", 401, 4, false, "The credential is not valid."},
    ErrcInfo{Errc::kForbidden, "forbidden", 403, 4, false, "The role does not allow this."},
    ErrcInfo{Errc::kIssuerNotAllowed, "issuer_not_allowed", 403, 4, false,
             "The issuer may not speak for this tenant."},
    ErrcInfo{Errc::kOriginNotAllowed, "origin_not_allowed", 403, 4, false,
             "The origin is not on the list."},
    ErrcInfo{Errc::kTenantRequired, "tenant_required", 400, 8, false,
             "The request names no tenant."},
    ErrcInfo{Errc::kTenantInvalid, "tenant_invalid", 400, 8, false, "This is not a tenant id."},
    ErrcInfo{Errc::kTenantMismatch, "tenant_mismatch", 403, 4, false,
             "The credential is of another tenant than the request names."},
    ErrcInfo{Errc::kTenantNotFound, "tenant_not_found", 404, 3, false, "There is no such tenant."},
    ErrcInfo{Errc::kTenantSuspended, "tenant_suspended", 403, 4, false, "The tenant is suspended."},
    ErrcInfo{Errc::kNotFound, "not_found", 404, 3, false, "There is no such thing."},
    ErrcInfo{Errc::kFeatureDisabled, "feature_disabled", 404, 3, false,
             "This feature is switched off."},
    ErrcInfo{Errc::kMethodNotAllowed, "method_not_allowed", 405, 2, false,
             "The path does not take this method."},
    ErrcInfo{Errc::kConflict, "conflict", 409, 5, false, "This clashes with what is there."},
    ErrcInfo{Errc::kTenantExists, "tenant_exists", 409, 5, false, "A tenant with this id exists."},
    ErrcInfo{Errc::kStreamVersionConflict, "stream_version_conflict", 409, 5, false,
             "The stream has another version."},
    ErrcInfo{Errc::kIdempotencyKeyReused, "idempotency_key_reused", 422, 5, false,
             "The idempotency key was used with another body."},
    ErrcInfo{Errc::kGap, "gap", 410, 1, false, "Delivery cannot start right after this position."},
    ErrcInfo{Errc::kRateLimited, "rate_limited", 429, 6, true, "Too many requests."},
    ErrcInfo{Errc::kQuotaExceeded, "quota_exceeded", 429, 6, true,
             "The tenant's quota is used up."},
    ErrcInfo{Errc::kOverloaded, "overloaded", 429, 6, true, "The agent's intake queue is full."},
    ErrcInfo{Errc::kScheduleFull, "schedule_full", 429, 6, true,
             "The tenant has as many scheduled events as it may have."},
    ErrcInfo{Errc::kStorageFull, "storage_full", 507, 1, true,
             "There is no room to store the event."},
    ErrcInfo{Errc::kOutcomeUnknown, "outcome_unknown", 503, 1, true,
             "Whether the event was stored is not known; publish again with the same id."},
    ErrcInfo{Errc::kUnavailable, "unavailable", 503, 7, true, "The agent cannot serve this now."},
    ErrcInfo{Errc::kUpstreamUnreachable, "upstream_unreachable", 502, 7, true,
             "The upstream does not answer."},
    ErrcInfo{Errc::kUpstreamTimeout, "upstream_timeout", 504, 7, true,
             "The upstream took too long."},
    ErrcInfo{Errc::kTimeout, "timeout", 408, 1, true, "The request took too long."},
    ErrcInfo{Errc::kInternal, "internal", 500, 1, false, "The agent failed; its log says more."},
    ErrcInfo{Errc::kUsage, "usage", 400, 2, false, "The command line is not right."},
    ErrcInfo{Errc::kAgentUnreachable, "agent_unreachable", 503, 7, true,
             "The agent cannot be reached."},
    ErrcInfo{Errc::kDifferencesFound, "differences_found", 409, 9, false, "There are differences."},
    ErrcInfo{Errc::kInterrupted, "interrupted", 408, 130, true, "Interrupted."},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].code) != i) return false;
  }
  return kTable.size() == static_cast<std::size_t>(Errc::kInterrupted) + 1;
}
static_assert(InOrder(), "the table lists every code once, in the order of the enumeration");

}  // namespace

const ErrcInfo& Describe(Errc code) { return kTable.at(static_cast<std::size_t>(code)); }

std::optional<Errc> ErrcFromName(std::string_view name) {
  const auto row = std::ranges::find(kTable, name, &ErrcInfo::name);
  if (row == kTable.end()) return std::nullopt;
  return row->code;
}

std::span<const ErrcInfo> AllErrcs() { return kTable; }

}  // namespace notify
