#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace notify {

/// Every way in which a request, a command or a start can fail. `docs/errors.md` is generated from
/// the table in errc.cpp.
enum class Errc {
  // Input
  kInvalidArgument,
  kInvalidJson,
  kJsonTooDeep,
  kInvalidEvent,
  kAttributeReserved,
  kTypeReserved,
  kContentTypeUnsupported,
  kBodyTooLarge,
  kEventTooLarge,
  kBatchTooLarge,
  kBatchTooLargeForQuota,
  kInvalidConfig,
  kInvalidTemplate,
  kTemplateData,
  kEnvelopeRequired,
  kScheduledTooFar,
  // Who is asking, for which tenant
  kUnauthenticated,
  kTokenExpired,
  kTokenInvalid,
  kForbidden,
  kIssuerNotAllowed,
  kOriginNotAllowed,
  kTenantRequired,
  kTenantInvalid,
  kTenantMismatch,
  kTenantNotFound,
  kTenantSuspended,
  // State
  kNotFound,
  kFeatureDisabled,
  kMethodNotAllowed,
  kConflict,
  kTenantExists,
  kStreamVersionConflict,
  kIdempotencyKeyReused,
  kGap,
  // Load
  kRateLimited,
  kQuotaExceeded,
  kOverloaded,
  kScheduleFull,
  kStorageFull,
  // Faults
  kOutcomeUnknown,
  kUnavailable,
  kUpstreamUnreachable,
  kUpstreamTimeout,
  kTimeout,
  kInternal,
  // The command line's own
  kUsage,
  kAgentUnreachable,
  kDifferencesFound,
  kInterrupted,
};

/// One row of the error table.
struct ErrcInfo {
  Errc code;
  std::string_view name;      ///< The wire form, in `code` of problem+json.
  int http_status;            ///< What the agent answers.
  int exit_code;              ///< How `notifyctl` ends (contract 8).
  bool retryable;             ///< Whether the same request can succeed later.
  std::string_view sentence;  ///< The `title`.
};

/// The row of a code.
const ErrcInfo& Describe(Errc code);

/// The code with that wire name, if there is one.
std::optional<Errc> ErrcFromName(std::string_view name);

/// All rows, in the order of the enumeration.
std::span<const ErrcInfo> AllErrcs();

}  // namespace notify
