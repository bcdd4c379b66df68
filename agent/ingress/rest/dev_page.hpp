#pragma once

#include <string>
#include <vector>

#include "agent/ingress/http/message.hpp"
#include "common/result.hpp"

namespace notify::agent::ingress {

/// The page at `/dev`: live events and notifications by the stock SignalR client, and a form to
/// publish. With `--dev` only; the token stands in the address's fragment (`/dev#token=…`), which
/// no browser sends.
///
/// Lifetime: as the agent.
/// Threads:  any, once made.
class DevPage {
 public:
  static constexpr std::string_view kPath = "/dev";
  static constexpr std::string_view kScriptPath = "/dev/signalr.js";

  /// Reads the client's browser bundle from the first of `bundles` that is there.
  explicit DevPage(const std::vector<std::string>& bundles);

  Response Page() const;
  /// kNotFound, with the command that brings it, where no bundle was found.
  Result<Response> Script() const;

  bool has_bundle() const { return !bundle_.empty(); }

 private:
  std::string bundle_;
};

}  // namespace notify::agent::ingress
