#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/flow/admission.hpp"
#include "agent/flow/principal.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "agent/schedule/scheduled_event.hpp"
#include "common/api/routes.hpp"
#include "common/model/batch_reading.hpp"
#include "common/model/event_parser.hpp"

namespace notify::agent::pipeline {

/// What a request says about who asks, and for which tenant.
struct IncomingRequest {
  std::optional<std::string_view> authorization;  ///< The `Authorization` header.
  std::optional<std::string> access_token;        ///< Of the query, where the path allows one.
  const async::Peer* peer = nullptr;
  std::vector<std::string_view> tenant_headers;    ///< Every value of the configured header.
  std::vector<std::string_view> x_tenant_headers;  ///< Every value of `X-Tenant`.
  std::string_view host;
  std::string_view forwarded_host;  ///< `X-Forwarded-Host`; counts from a trusted proxy only.
  std::string_view path;
  std::string_view operation;  ///< For the audit: the route's operation.
  std::string_view correlation_id;
  /// Where the tenant goes that was proven, by the credential or for it, also of a refused request.
  std::optional<TenantHandle>* proven = nullptr;
};

/// Who asks, for which tenant: everything that the stages before a handler have proven.
struct Caller {
  Principal principal;
  std::optional<TenantHandle> tenant;  ///< Nothing: a request of the platform, without a tenant.
  std::string path;                    ///< Without the tenant that the path named.
};

/// What became of published events, in the terms of contract 6.
struct Acknowledgement {
  struct Duplicate {
    std::size_t index = 0;  ///< In the request.
    std::string id;
    Sequence sequence;
    std::uint64_t stream_version = 0;  ///< 0: it is in no stream, or not known.
  };
  /// An event whose time is to come: it is held now, or was accepted before (a duplicate).
  struct Scheduled {
    std::size_t index = 0;  ///< In the request.
    std::string id;
    schedule::State state = schedule::State::kPending;
    std::int64_t due_ms = 0;  ///< Unix ms; of a duplicate the first one's.
    bool duplicate = false;
  };
  /// An event that was not taken, while the others are: it does not fit the schema of its type, its
  /// stream has another version than it expects, or it cannot be held.
  struct Refused {
    std::size_t index = 0;  ///< In the request.
    Error error;
  };
  Epoch epoch;
  Sequence first;            ///< Of the accepted ones, which are contiguous; 0 where none was.
  std::size_t accepted = 0;  ///< In the log.
  std::uint64_t stream_version = 0;  ///< Of the first accepted one; 0 where it is in no stream.
  std::vector<Duplicate> duplicates;
  std::vector<Scheduled> scheduled;
  std::vector<Refused> refused;  ///< By their place in the request, ascending.
  std::string first_id;          ///< Of the first event of the request, accepted or duplicate.
};

/// The events of one request of many, and the quota's answer where the tenant has a quota: it was
/// asked before they were read.
struct IncomingBatch {
  ParsedEvents events;
  std::optional<Admission> admission;  ///< For all events of the body, the bad ones included.
};

/// From a request to the acknowledgement, in the order of docs/life_of_an_event.md: authentication,
/// tenant, authorisation, rate; then schema, quota, seal, log. The only place that knows this
/// order.
///
/// Lifetime: as the agent.
/// Threads:  I/O threads, each with its own index.
class Intake {
 public:
  virtual ~Intake() = default;

  /// Decides who asks and for which tenant, and whether they may at all. Every refusal is audited.
  virtual async::Task<Result<Caller>> Admit(std::size_t io, IncomingRequest request,
                                            api::Access needed) = 0;

  /// Stores events of a caller who was admitted, and answers when they are durable; what is for
  /// later is held. An event that cannot be taken is in `refused`, and the others go on.
  virtual async::Task<Result<Acknowledgement>> Publish(std::size_t io, const Caller& caller,
                                                       ParsedEvents events) = 0;

  /// Reads a body of many events of a caller who was admitted, in turns with other tenants of the
  /// thread. A tenant with a quota is asked for all of them before one is read, so that what is
  /// refused costs next to nothing; events that turn out to be bad are given back. Errors are of
  /// the whole request: BatchReading's, kQuotaExceeded, kBatchTooLargeForQuota.
  virtual async::Task<Result<IncomingBatch>> ReadBatch(std::size_t io, const Caller& caller,
                                                       BatchReading::Format format,
                                                       std::string& body,
                                                       const EventParser::Request& request) = 0;

  /// Publish for what ReadBatch gave.
  virtual async::Task<Result<Acknowledgement>> PublishBatch(std::size_t io, const Caller& caller,
                                                            IncomingBatch batch) = 0;

  /// Admits one event that is not there yet: the gateway asks the quota before a request goes
  /// upstream (contract 6). What is not published is given back when the admission goes.
  /// kRateLimited and kQuotaExceeded as from Publish.
  virtual async::Task<Result<Admission>> Reserve(std::size_t io, const Caller& caller) = 0;

  /// Publish for the one event of `admission`, which stands for the quota's answer. kInvalidEvent
  /// where it does not fit the schema of its type, kStreamVersionConflict where its stream does not
  /// take it.
  virtual async::Task<Result<Acknowledgement>> PublishReserved(std::size_t io, const Caller& caller,
                                                               Admission admission,
                                                               ParsedEvents events) = 0;

  /// The reader of bodies of an I/O thread.
  virtual EventParser& parser(std::size_t io) = 0;
};

}  // namespace notify::agent::pipeline
