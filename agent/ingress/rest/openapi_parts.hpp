#pragma once

#include <span>
#include <string_view>

namespace notify::agent::ingress {

/// What OpenAPI says of an operation besides its route.
struct OperationShape {
  std::string_view operation;     ///< As in the route table.
  int status = 200;               ///< Of success.
  std::string_view response;      ///< A schema's name; `[X]` is a page of X; `a/b` a media type.
  std::string_view request = {};  ///< A schema's name, or `a/b`, a media type; empty: no body.
  std::string_view query = {};    ///< Names of parameters, separated by spaces.
};

/// One row for each operation. Constant data.
std::span<const OperationShape> OperationShapes();

/// `components.schemas` as JSON text.
std::string_view SchemasText();
/// All query and header parameters by name, `components.parameters` as JSON text.
std::string_view ParametersText();

}  // namespace notify::agent::ingress
