#pragma once

#include <string_view>
#include <vector>

#include "agent/auth/jwt_keys.hpp"
#include "common/result.hpp"

namespace notify::agent::auth {

/// The public signing keys of a JWKS document (RFC 7517 5): RSA of 2048 bits and more, and P-256.
/// Others are passed over, secrets (`oct`) among them: what is in such a file is public.
/// Threads: any.
///
/// kInvalidArgument  not a JWKS document, larger than 256 KiB, or without a key that can be used.
Result<std::vector<VerificationKey>> ParseJwks(std::string_view json);

}  // namespace notify::agent::auth
