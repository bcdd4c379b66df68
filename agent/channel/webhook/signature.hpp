#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/secret.hpp"

namespace notify::agent::channel {

/// The value of `webhook-signature` (Standard Webhooks): `v1,` and the base64 of HMAC-SHA-256 over
/// `<id>.<timestamp>.<payload>`. `secret` is `whsec_…`; empty where it is no secret.
std::string WebhookSignature(const Secret& secret, std::string_view id, std::int64_t timestamp,
                             std::string_view payload);

}  // namespace notify::agent::channel
