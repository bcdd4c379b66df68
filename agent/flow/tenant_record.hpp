#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/method_policy.hpp"
#include "common/ids.hpp"
#include "common/secret.hpp"

namespace notify::agent {

/// Where a tenant stands in its life.
enum class TenantState : std::uint8_t { kCreating, kActive, kSuspended, kDeleting };

/// `creating`, `active`, `suspended`, `deleting`.
std::string_view TenantStateName(TenantState state);

/// What a tenant may use; nothing: no limit.
struct TenantLimits {
  std::optional<std::uint32_t> events_per_second;
  std::optional<std::uint32_t> events_burst;
  std::optional<std::uint32_t> requests_per_second;
  std::optional<std::uint32_t> requests_burst;
  std::optional<std::uint32_t> connections;
  std::optional<std::uint64_t> storage_bytes;     ///< Of its log.
  std::optional<std::uint32_t> connections_soft;  ///< From so many on it is noticed.
  bool operator==(const TenantLimits&) const = default;
};

/// What one argument a client handler gets (contract 7).
enum class HubPayload : std::uint8_t { kEnvelope, kData };

/// How long a tenant's events stay; nothing: as the agent's configuration says.
struct RetentionSettings {
  std::optional<std::int64_t> max_age_ms;
  std::optional<std::uint64_t> keep_bytes;
  std::optional<std::uint64_t> max_bytes;
  std::optional<std::uint64_t> max_events;
  /// Why nothing of the log may be removed, whatever the limits say.
  std::optional<std::string> legal_hold;
  bool operator==(const RetentionSettings&) const = default;
};

/// How long and how many a user's notifications stay; nothing: as the agent's configuration says.
struct InboxSettings {
  std::optional<std::int64_t> max_age_ms;
  std::optional<std::uint32_t> max_items;
  bool operator==(const InboxSettings&) const = default;
};

/// What a tenant configured for its live clients, its users and its log.
struct TenantSettings {
  /// Types that reach every connection of the tenant without a Subscribe.
  std::vector<std::string> broadcast = {"fx.quote.created", "payment.processed", "rate.updated",
                                        "system.alert", "user.activity"};
  /// Types that a `subscriber` may subscribe to; nothing: all.
  std::optional<std::vector<std::string>> subscribable;
  HubPayload payload = HubPayload::kEnvelope;
  MethodPolicies methods;  ///< Narrow those of the agent's configuration.
  RetentionSettings retention;
  InboxSettings inbox;
};

/// What the directory knows of a tenant. Immutable: a change makes another record.
///
/// Lifetime: shared by the snapshots and handles that refer to it.
/// Threads:  any.
struct TenantRecord {
  TenantId id;
  std::string name;
  std::string tier = "standard";
  TenantState state = TenantState::kActive;
  std::vector<std::string> hosts;  ///< Whole host names that mean this tenant.
  TenantSettings settings;
  TenantLimits limits;
  std::int64_t created_ms = 0;

  Epoch epoch;                ///< Of its log.
  std::size_t storage = 0;    ///< Its storage thread.
  std::string folder;         ///< `DIR/tenants/<id>`
  Secret data_key;            ///< 32 bytes; encrypts its blocks and fields.
  std::uint32_t key_id = 0;   ///< The data key's version, stored with what it encrypts.
  Secret token_key;           ///< Signs its hub tokens.
  std::int64_t revision = 0;  ///< Grows with each change of this record.
};

/// Whether `type` matches one of `patterns`: a type itself, a prefix as in `fx.*`, or `*`.
bool MatchesType(std::string_view type, const std::vector<std::string>& patterns);

}  // namespace notify::agent
