#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/audience.hpp"
#include "common/result.hpp"

namespace notify::agent::pipeline {

/// A notification that somebody asks for (`POST /api/notifications`).
struct SendRequest {
  std::string template_id;
  std::vector<std::string> channels;
  Audience audience;
  std::string data_json = "{}";
  std::string priority = "medium";
  bool dry_run = false;
  bool test = false;  ///< What is sent says `"test": true`.
};

/// Reads the body; unknown members are refused. For `/api/notifications/test`, `test` is true:
/// then nothing is sent unless the body says `"send": true`.
///
/// kInvalidJson, kInvalidArgument  with a pointer for each mistake.
Result<SendRequest> ParseSendRequest(std::string_view json, bool test);

/// The request as `data` of `notification.requested`: without the secret.
std::string RequestedData(const SendRequest& request);

/// Reads what RequestedData wrote.
Result<SendRequest> FromRequestedData(const nlohmann::json& data);

}  // namespace notify::agent::pipeline
