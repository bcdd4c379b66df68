#pragma once

#include <string>
#include <vector>

#include "cli/client/hub/settings.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"
#include "cli/interrupts.hpp"

namespace notify::cli::hub {

/// Which hub a command talks to, and how.
struct HubReach {
  std::string url;  ///< Empty: the agent's.
  std::string transport = "auto";
  std::string protocol = "json";
  std::string reconnect = "default";
  bool skip_negotiation = false;
  bool stateful = false;
  std::vector<std::string> answers;  ///< METHOD=JSON.
  /// What it works with; null: the real network and clock. For tests.
  const client::HubMeans* means = nullptr;
};

/// Adds the flags that all of them take, but not the URL.
void AddReach(Command& command, HubReach& reach);

/// Adds `--url`.
void AddUrl(Command& command, HubReach& reach);

/// The settings that the flags stand for. The agent's credential and tenant go to the agent alone:
/// to another URL only what `--token` and `--tenant` say here. kUsage for flags that mean nothing;
/// else as Factory::Access.
Result<client::HubSettings> SettingsOf(Factory& factory, const HubReach& reach);

/// What the connection works with. Lifetime: `factory` and `interrupts` outlive it.
client::HubMeans MeansOf(const HubReach& reach, Factory& factory, const Interrupts& interrupts);

}  // namespace notify::cli::hub
