#include "common/http/problem.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/version_conflict.hpp"

namespace notify::http {
namespace {

using Json = nlohmann::json;

std::int64_t WholeSeconds(std::chrono::nanoseconds wait) {
  return std::chrono::ceil<std::chrono::seconds>(wait).count();
}

// For answers that did not come from an agent, or from a newer one with codes we do not know.
Errc FromHttpStatus(int status) {
  switch (status) {
    case 400:
    case 422:
      return Errc::kInvalidArgument;
    case 401:
      return Errc::kUnauthenticated;
    case 403:
      return Errc::kForbidden;
    case 404:
      return Errc::kNotFound;
    case 405:
      return Errc::kMethodNotAllowed;
    case 408:
      return Errc::kTimeout;
    case 409:
      return Errc::kConflict;
    case 410:
      return Errc::kGap;
    case 413:
      return Errc::kBodyTooLarge;
    case 415:
      return Errc::kContentTypeUnsupported;
    case 429:
      return Errc::kRateLimited;
    case 502:
      return Errc::kUpstreamUnreachable;
    case 503:
      return Errc::kUnavailable;
    case 504:
      return Errc::kUpstreamTimeout;
    case 507:
      return Errc::kStorageFull;
    default:
      return Errc::kInternal;
  }
}

std::string Text(const Json& object, const char* key) {
  const auto member = object.find(key);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string{};
}

std::vector<FieldError> ParseFieldErrors(const Json& body) {
  std::vector<FieldError> out;
  const auto errors = body.find("errors");
  if (errors == body.end() || !errors->is_array()) return out;
  for (const auto& error : *errors) {
    if (!error.is_object()) continue;
    FieldError field{.pointer = Text(error, "pointer"), .detail = Text(error, "detail")};
    const auto line = error.find("line");
    if (line != error.end() && line->is_number_integer()) field.line = line->get<int>();
    out.push_back(std::move(field));
  }
  return out;
}

}  // namespace

std::string ProblemJson(const Error& error, std::string_view correlation_id) {
  const auto& info = Describe(error.code);
  nlohmann::ordered_json body = {
      {"type", "urn:notifyctl:error:" + std::string(info.name)},
      {"title", info.sentence},
      {"status", info.http_status},
      {"code", info.name},
      {"detail", error.detail},
      {"correlationId", correlation_id},
  };
  if (error.retry_after) body["retryAfter"] = WholeSeconds(*error.retry_after);
  const auto current_version = CurrentVersionOf(error);
  if (current_version) body["currentVersion"] = *current_version;
  if (!error.hint.empty()) body["hint"] = error.hint;
  if (!error.errors.empty() && !current_version) {
    auto errors = nlohmann::ordered_json::array();
    for (const auto& field : error.errors) {
      nlohmann::ordered_json item = {{"pointer", field.pointer}};
      if (field.line > 0) item["line"] = field.line;
      item["detail"] = field.detail;
      errors.push_back(std::move(item));
    }
    body["errors"] = std::move(errors);
  }
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Error ParseProblem(int status, std::string_view body, std::string* correlation_id) {
  const auto json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return Fail(FromHttpStatus(status), "The answer was HTTP status " + std::to_string(status) +
                                            " without a description: is this a notifyd agent?");
  }
  Error error;
  error.code = ErrcFromName(Text(json, "code")).value_or(FromHttpStatus(status));
  error.detail = Text(json, "detail");
  if (error.detail.empty()) error.detail = Text(json, "title");
  if (error.detail.empty()) error.detail = Describe(error.code).sentence;
  error.hint = Text(json, "hint");
  const auto retry = json.find("retryAfter");
  if (retry != json.end() && retry->is_number_unsigned()) {
    constexpr std::uint64_t kLongest = 86'400 * 366;
    error.retry_after = std::chrono::seconds(std::min(retry->get<std::uint64_t>(), kLongest));
  }
  error.errors = ParseFieldErrors(json);
  const auto version = json.find("currentVersion");
  if (error.code == Errc::kStreamVersionConflict && version != json.end() &&
      version->is_number_unsigned()) {
    error.errors = VersionConflict(version->get<std::uint64_t>(), {}).errors;
  }
  if (correlation_id != nullptr) {
    const auto id = Text(json, "correlationId");
    if (!id.empty()) *correlation_id = id;
  }
  return error;
}

}  // namespace notify::http
