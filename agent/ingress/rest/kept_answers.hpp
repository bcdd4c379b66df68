#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/ingress/rest/answer_table.hpp"
#include "agent/ingress/rest/call.hpp"
#include "agent/store/keyring.hpp"
#include "agent/store/tenant_database.hpp"

namespace notify::agent::ingress::rest {

/// Makes a POST safe to repeat (contract 6): the first answer under an `Idempotency-Key` is kept
/// for 24 h in the tenant's state.db, or in platform.db for requests without a tenant, and given
/// again to who asks the same; another request under the key is refused. An answer that says
/// "later" (429, 5xx) is not kept. Where the agent dies between the work and the keeping, a repeat
/// does the work again, as it would without a key.
///
/// Lifetime: as the agent; what it is made of outlives it.
/// Threads:  I/O threads; files are touched on the platform executor.
class KeptAnswers {
 public:
  struct Parts {
    async::Runtime& runtime;
    store::Database& platform;
    store::TenantDatabases& tenants;
    store::Keyring& keyring;
    std::uint64_t max_body_bytes = 8 << 20;
  };
  /// Makes platform.db's tables and the key of its answers where they are not there.
  static Result<std::unique_ptr<KeptAnswers>> Make(Parts parts);

  /// Whether the request has a key, and it is for us.
  static bool Concerns(const api::Route& route, const RequestHead& head);

  /// The answer that was given before, or that of `operation`.
  ///
  /// kIdempotencyKeyReused  the key was used for something else.
  /// kConflict              the first request under the key is still being served.
  /// kInvalidArgument       the key is not 1 to 255 printable characters, or there are two.
  async::Task<Result<Response>> Serve(Call& call, const api::Route& route,
                                      const Operation& operation);

  /// The same, without a request around it: what Serve asks before the work and tells after it.
  ///
  /// Begin: the answer to give; nothing where the work is to be done, and then End follows.
  async::Task<Result<std::optional<Response>>> Begin(std::optional<TenantHandle> tenant,
                                                     KeyedRequest request);
  /// Null where there is no answer to keep. A failure to keep it is logged: the work is done.
  async::Task<void> End(std::optional<TenantHandle> tenant, KeyedRequest request,
                        const Response* response);

 private:
  KeptAnswers(Parts parts, Secret platform_key)
      : parts_(parts), platform_key_(std::move(platform_key)) {}

  Result<std::optional<Response>> BeginHere(const std::optional<TenantHandle>& tenant,
                                            const KeyedRequest& request);
  Status KeepHere(const std::optional<TenantHandle>& tenant, const KeyedRequest& request,
                  const Response& response);
  Result<AnswerTable> TableOf(const std::optional<TenantHandle>& tenant);

  const Parts parts_;
  const Secret platform_key_;

  // Platform executor: when each request between Begin and End began, by tenant and name.
  std::map<std::string, Clock::TimePoint> served_now_;
};

}  // namespace notify::agent::ingress::rest
