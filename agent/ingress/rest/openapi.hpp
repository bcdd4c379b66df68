#pragma once

#include <string>
#include <string_view>

namespace notify::agent::ingress {

/// The OpenAPI 3.1 document of the HTTP API, one line of JSON, made from the route table
/// (common/api/routes.hpp) and from what each operation takes and gives (docs/http_api.md).
/// Takes a millisecond: make it once, at start.
/// Threads:  any.
std::string OpenApiJson(std::string_view version);

}  // namespace notify::agent::ingress
