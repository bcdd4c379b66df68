#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/ingress/http/message.hpp"

namespace notify::agent::ingress {

/// What the agent tells an upstream of a request that it passes on.
struct Forwarded {
  std::string_view path;            ///< Without a tenant in it; the query is added.
  std::string_view authority;       ///< The upstream's `host:port`.
  std::string_view tenant;          ///< The verified one, for `X-Tenant`.
  std::string_view tenant_header;   ///< The header that names tenants here; never passed on.
  std::string_view correlation_id;  ///< For `X-Correlation-Id`.
  std::string_view traceparent;     ///< A span below the request's.
  std::size_t body_size = 0;
  bool inspected = false;  ///< The answer will be read: it must not be compressed.
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// The head of the request to the upstream. Left out: hop-by-hop fields (RFC 9110 7.6.1, and those
/// that `Connection` names), `Authorization`, `X-Tenant`, `access_token` as a header or in the
/// query; set: Host, Content-Length, X-Tenant, X-Correlation-Id, traceparent.
std::string UpstreamRequestHead(const RequestHead& head, const Forwarded& forwarded);

/// An upstream's headers without the hop-by-hop ones and without `Content-Length`, in order.
HeaderList PassedBack(const HeaderList& headers);

/// The first value of a header; empty where there is none.
std::string_view HeaderOf(const HeaderList& headers, std::string_view name);

}  // namespace notify::agent::ingress
