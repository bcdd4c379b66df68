#pragma once

#include <string_view>

#include "cli/client/discovery.hpp"
#include "cli/top_level/fanout_member.hpp"
#include "common/random.hpp"

namespace notify::cli::top_level {

/// What members of the agent's hub send to subscribe to events of `type`, as whom `access` says.
/// kInvalidArgument where a credential or tenant cannot stand in a header.
Result<FanoutScript> MakeFanoutScript(const client::Access& access, std::string_view type,
                                      bool negotiate, Random& random);

}  // namespace notify::cli::top_level
