#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/calls.hpp"

namespace notify::cli::stream {

struct StreamReadOptions {
  Factory* factory = nullptr;
  std::string stream;
  std::optional<std::uint64_t> from_version;
  bool from_snapshot = false;
  bool raw = false;
  ListWindow window;
};

Command& AddStreamRead(Command& noun, Factory& factory, RunHook<StreamReadOptions> run);
/// Prints the events of a stream by version.
Status RunStreamRead(const StreamReadOptions& options);

}  // namespace notify::cli::stream
