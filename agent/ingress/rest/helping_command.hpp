#pragma once

#include "common/result.hpp"

namespace notify::agent::ingress::rest {

/// Adds the command that helps to the hint of an error that is answered with 401, 403 or 404, where
/// the hint names none. Other errors stay as they are. Threads: any.
void NameHelpingCommand(Error& error);

}  // namespace notify::agent::ingress::rest
