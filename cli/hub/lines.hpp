#pragma once

#include <optional>
#include <string>

#include "cli/client/hub/event.hpp"
#include "cli/output/format.hpp"

namespace notify::cli::hub {

/// A call of the server's, as one line (a document with `-o yaml`): `{"method", "arguments"}` for
/// machines, method and arguments for people. With its line feed.
std::string CallLine(const client::HubCall& call, output::Format format);

/// An item of a stream (JSON), as one line; a string without its quotes for people.
std::string ItemLine(const std::string& item, output::Format format);

/// The result of an invocation (JSON; nothing: it has none), as it is printed.
std::string ResultText(const std::optional<std::string>& result, output::Format format);

}  // namespace notify::cli::hub
