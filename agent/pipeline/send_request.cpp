#include "agent/pipeline/send_request.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "common/model/object_reader.hpp"

namespace notify::agent::pipeline {
namespace {

using nlohmann::json;

Result<SendRequest> Read(const json& body, bool from_outside, bool test) {
  std::vector<FieldError> errors;
  ObjectReader reader(body, "", errors);
  SendRequest request;
  request.template_id = reader.RequiredText("template", 64);
  if (const json* audience = reader.Required("audience")) {
    request.audience = ReadAudience(*audience, "/audience", errors);
  }
  request.channels = ReadChannels(reader, request.audience);
  request.priority = ReadPriority(reader);
  if (const json* data = reader.Optional("data")) {
    if (!data->is_object()) reader.Refuse("data", "must be an object");
    request.data_json = data->dump(-1, ' ', false, json::error_handler_t::replace);
  }
  if (from_outside) {
    const bool send = reader.Flag("send", !test);
    if (!test && reader.Optional("send") != nullptr) reader.Refuse("send", "is for tests only");
    request.dry_run = reader.Flag("dryRun", false) || !send;
    request.test = test;
    if (request.audience.kind == Audience::Kind::kWebhook && request.audience.secret.empty() &&
        !request.dry_run) {
      reader.Refuse("audience", "must have the webhook's secret");
    }
    if (request.audience.kind == Audience::Kind::kUserFrom) {
      reader.Refuse("audience", "must name users, the tenant or a webhook");
    }
  } else {
    request.test = reader.Flag("test", false);
    static_cast<void>(reader.Optional("depth"));
  }
  reader.RefuseOthers();
  if (auto status = RefuseIfAny(std::move(errors)); !status) return status.error();
  return request;
}

}  // namespace

Result<SendRequest> ParseSendRequest(std::string_view text, bool test) {
  const auto body = ParseJsonObject(text);
  if (!body) return body.error();
  return Read(*body, true, test);
}

std::string RequestedData(const SendRequest& request) {
  nlohmann::ordered_json data = {{"template", request.template_id},
                                 {"channels", request.channels},
                                 {"audience", AudienceJson(request.audience)},
                                 {"priority", request.priority},
                                 {"test", request.test},
                                 {"depth", 0}};
  data["data"] = nlohmann::ordered_json::parse(request.data_json, nullptr, false);
  return data.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<SendRequest> FromRequestedData(const json& data) { return Read(data, false, false); }

}  // namespace notify::agent::pipeline
