#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The header Sec-WebSocket-Extensions (RFC 6455 9.1), whichever extensions it names.
namespace notify::websocket {

/// One parameter of an extension: `name` or `name=value`.
struct ExtensionParameter {
  std::string_view name;
  std::optional<std::string> value;  ///< Without the quotes, where it had some.
};

/// One extension that is offered, or agreed to.
struct Extension {
  std::string_view name;
  std::vector<ExtensionParameter> parameters;
};

/// Splits a header value; one that comes several times is joined with commas. The order is the
/// peer's preference. Nothing where the value breaks the grammar: then the connection must fail.
/// Lifetime: the names are views into `header_value`. Threads: any.
std::optional<std::vector<Extension>> ParseExtensions(std::string_view header_value);

}  // namespace notify::websocket
