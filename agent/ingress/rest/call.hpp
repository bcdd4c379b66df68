#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/ingress/http/exchange.hpp"
#include "agent/pipeline/intake.hpp"
#include "common/api/routes.hpp"

namespace notify::agent::ingress::rest {

/// One admitted request on its way to an operation.
///
/// Lifetime: as the handling of the request.
struct Call {
  Exchange& exchange;
  pipeline::Caller& caller;
  const api::PathParameters& parameters;
  std::string_view correlation_id;
  bool audited = false;  ///< What became of it is in an audit chain.

  const RequestHead& head() const { return exchange.head(); }
  std::string_view Parameter(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string_view() : std::string_view(found->second);
  }
};

/// Implements one operation of the route table.
using Operation = std::function<async::Task<Result<Response>>(Call&)>;

/// The operations by their id, as each part of the API registers them.
///
/// Threads:  filled by one, before the server listens.
class Operations {
 public:
  virtual ~Operations() = default;
  virtual void Add(std::string_view operation, Operation implementation) = 0;
};

/// The tenant of a call. kTenantRequired where a caller of the platform named none.
Result<TenantHandle> TenantOf(const Call& call);

/// A list answer (contract 6): items are JSON texts.
Response ListResponse(const std::vector<std::string>& items, std::string_view next_cursor);

/// `limit` of the query, 1 to `most`, by default 50. kInvalidArgument otherwise.
Result<std::size_t> LimitOf(const Call& call, std::size_t most = 1000);

/// A body of JSON.
Response Json(std::string body, int status = 200);

}  // namespace notify::agent::ingress::rest
