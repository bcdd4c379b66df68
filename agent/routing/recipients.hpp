#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "agent/flow/audience.hpp"
#include "common/secret.hpp"

namespace notify::agent::routing {

/// One who is to be told.
struct Recipient {
  std::string address;  ///< `tenant`, `user:alice` or an URL.
  Secret secret;        ///< Of a webhook.
};

/// Who an audience is, for one event.
struct Recipients {
  std::vector<Recipient> list;  ///< In the order of the audience, each once.
  std::string reason;           ///< Why the list is empty; empty where it is not.
};

/// Decides by the audience and the envelope alone; pure.
Recipients Resolve(const Audience& audience, const nlohmann::json& envelope);

}  // namespace notify::agent::routing
