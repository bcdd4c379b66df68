#include "agent/ingress/rest/call.hpp"

#include <charconv>

#include "common/json_text.hpp"

namespace notify::agent::ingress::rest {

Result<TenantHandle> TenantOf(const Call& call) {
  if (call.caller.tenant) return *call.caller.tenant;
  return Fail(Errc::kTenantRequired, "The request names no tenant.",
              "Name one with the header X-Tenant, or notifyctl --tenant ID.");
}

Response Json(std::string body, int status) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Response ListResponse(const std::vector<std::string>& items, std::string_view next_cursor) {
  std::string body = "{\"items\":[";
  for (const std::string& item : items) {
    if (body.back() != '[') body += ',';
    body += item;
  }
  body += "],\"next\":";
  if (next_cursor.empty()) {
    body += "null";
  } else {
    AppendJsonString(body, next_cursor);
  }
  body += '}';
  return Json(std::move(body));
}

Result<std::size_t> LimitOf(const Call& call, std::size_t most) {
  const auto text = call.head().Query("limit");
  if (!text) return std::size_t{50};
  std::size_t limit = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (ec != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > most) {
    return Fail(Errc::kInvalidArgument,
                "'limit' must be a whole number from 1 to " + std::to_string(most) + ".");
  }
  return limit;
}

}  // namespace notify::agent::ingress::rest
