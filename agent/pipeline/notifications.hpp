#pragma once

#include <string>

#include "agent/pipeline/delivery_loop.hpp"

namespace notify::agent::pipeline {

/// What REST handlers ask of the delivery side. Answers are JSON texts of docs/http_api.md.
///
/// Lifetime: as the agent; the loop outlives it.
/// Threads:  any executor; answers come on the caller's.
class Notifications {
 public:
  Notifications(DeliveryParts parts, DeliveryOptions options, DeliveryLoop& loop)
      : parts_(parts), options_(options), loop_(loop) {}

  /// A JSON array, by id.
  async::Task<Result<std::string>> ListTriggers(TenantHandle tenant);
  async::Task<Result<std::string>> GetTrigger(TenantHandle tenant, std::string id);
  /// Makes or replaces a rule. `id` is the path's, or empty: the body's, else a new one.
  ///
  /// kInvalidArgument  with a pointer for each mistake; an unknown template is one.
  /// kConflict         the tenant has kMostRules.
  async::Task<Result<std::string>> PutTrigger(TenantHandle tenant, std::string id,
                                              std::string body);
  async::Task<Result<std::string>> DeleteTrigger(TenantHandle tenant, std::string id);
  static constexpr std::size_t kMostRules = 200;

  /// A JSON array, by id: the tenant's templates over those of the program.
  async::Task<Result<std::string>> ListTemplates(TenantHandle tenant);
  async::Task<Result<std::string>> GetTemplate(TenantHandle tenant, std::string id);
  /// Makes or replaces a template. kInvalidTemplate with file, line and column.
  async::Task<Result<std::string>> PutTemplate(TenantHandle tenant, std::string id,
                                               std::string body);
  /// Deletes the tenant's own; one of the program shows again, and cannot be deleted itself.
  async::Task<Result<std::string>> DeleteTemplate(TenantHandle tenant, std::string id);
  /// `{valid, errors: [{line, column, detail}]}` of `body`, or of what is kept where it is empty.
  async::Task<Result<std::string>> ValidateTemplate(TenantHandle tenant, std::string id,
                                                    std::string body);

  /// What Send answered, and whether only a preview was asked for (200 rather than 202).
  struct Sent {
    std::string json;
    bool dry_run = false;
  };
  /// `POST /api/notifications`, or `…/test` where `test` is true. The same `idempotency_key` is
  /// the same notification; empty: each is new. The request is durable when this returns.
  ///
  /// kFeatureDisabled  `notifications.enabled` is off.
  /// kTemplateData, kInvalidTemplate, kNotFound  it cannot be rendered; nothing is sent.
  async::Task<Result<Sent>> Send(TenantHandle tenant, std::string body, std::string idempotency_key,
                                 bool test);

  /// `{rules: [{rule, matched, reason}], deliveries: […], connections, processed}` of an event.
  async::Task<Result<std::string>> Outcome(TenantHandle tenant, Position event,
                                           std::string envelope);

 private:
  using Text = Result<std::string>;
  Text TriggersHere(const TenantHandle& tenant);
  Text TemplatesHere(const TenantHandle& tenant);
  Result<trigger::Trigger> PutTriggerHere(const TenantHandle& tenant, const std::string& id,
                                          const std::string& body);
  Text ValidateHere(const TenantHandle& tenant, const std::string& id, const std::string& body);
  async::Task<Result<Sent>> SendHere(TenantHandle tenant, std::string body,
                                     std::string idempotency_key, bool test);
  Text OutcomeHere(const TenantHandle& tenant, Position event, const std::string& envelope,
                   std::size_t connections);
  Result<Position> CursorHere(const TenantHandle& tenant, store::Database& state);
  async::Task<void> TellChange(TenantHandle tenant, std::string type, std::string id,
                               std::int64_t version);

  const DeliveryParts parts_;
  const DeliveryOptions options_;
  DeliveryLoop& loop_;
};

}  // namespace notify::agent::pipeline
