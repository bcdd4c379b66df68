#pragma once

#include "agent/ingress/rest/call.hpp"
#include "agent/telemetry/metrics.hpp"

namespace notify::agent::ingress::rest {

/// `POST /api/events/publish` and `POST /api/events/batch` (contract 6).
struct PublishLimits {
  std::uint64_t max_body_bytes = 8 << 20;
};

/// All outlive `operations`.
void AddPublishOperations(Operations& operations, pipeline::Intake& intake, PublishLimits limits);

}  // namespace notify::agent::ingress::rest
