#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace notify::api {

/// The methods that our paths take.
enum class Method { kGet, kPost, kPut, kDelete };

/// "GET", "POST", "PUT", "DELETE".
std::string_view MethodName(Method method);

/// The method with that name (upper case, as HTTP spells it), if our paths take it.
std::optional<Method> MethodFromName(std::string_view name);

/// The least that a caller must be. A role includes what the ones before it may only where
/// contract 5 says so: the table here is the gate at the door, the handler refines it.
enum class Access {
  kPublic,         ///< No credential.
  kAuthenticated,  ///< Any caller that proves who it is.
  kSubscriber,
  kViewer,
  kPublisher,
  kTenantAdmin,
  kPlatformAdmin,
};

/// "public", "authenticated", "subscriber", …
std::string_view AccessName(Access access);

/// One operation of the HTTP API. The server dispatches by this table, the client builds its paths
/// from it, `/openapi.json` is generated from it, and docs/http_api.md tells it in prose.
struct Route {
  Method method;
  std::string_view pattern;    ///< "/api/tenants/{id}"; `{x}` stands for one segment.
  std::string_view operation;  ///< The OpenAPI operationId, unique: "getTenant".
  Access access;
  std::string_view summary;  ///< One line for OpenAPI.
};

/// All routes, in the order of the documentation. Constant data.
std::span<const Route> Routes();

/// The route of an operation; null where the id is unknown.
const Route* FindOperation(std::string_view operation);

/// Values of a pattern's `{name}` segments, percent-decoded.
using PathParameters = std::map<std::string, std::string, std::less<>>;

/// What a request line means.
struct Match {
  const Route* route = nullptr;  ///< Null: no such path, or not with this method.
  PathParameters parameters;     ///< Of `route`.
  std::string allow;             ///< Methods that the path takes ("GET, PUT"); empty: no such path.
};

/// Finds the route of a path (no query part). Literal segments win over `{id}`. Paths that are not
/// normal (`..`, `//`, an encoded `/`) match nothing: the caller refuses them first.
Match MatchRoute(Method method, std::string_view path);

/// The path of an operation with its `{name}` segments filled in, percent-encoded.
/// A name that `parameters` lacks stays as it is written.
std::string BuildPath(std::string_view operation, const PathParameters& parameters);

/// Percent-encodes everything except RFC 3986's unreserved characters.
std::string PercentEncode(std::string_view text);
/// Nothing where a `%` is not followed by two hexadecimal digits.
std::optional<std::string> PercentDecode(std::string_view text);

}  // namespace notify::api
