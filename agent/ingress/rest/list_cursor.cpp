#include "agent/ingress/rest/list_cursor.hpp"

#include "common/encoding.hpp"

namespace notify::agent::ingress::rest {
namespace {

constexpr char kSeparator = '\n';

std::string_view TenantName(const Call& call) {
  return call.caller.tenant ? std::string_view(call.caller.tenant->id().text())
                            : std::string_view();
}

Error NotOurs() {
  return Fail(Errc::kInvalidArgument, "'cursor' is not one that the agent gave.",
              "Pass on the `next` of the page before as it is, or leave it out to begin again.");
}

}  // namespace

std::string NextCursor(const Call& call, std::string_view list, std::string_view place) {
  if (place.empty()) return {};
  std::string text(list);
  text += kSeparator;
  text += TenantName(call);
  text += kSeparator;
  text += place;
  return ToBase64Url(text);
}

Result<std::optional<std::string>> CursorPlace(const Call& call, std::string_view list) {
  const auto text = call.head().Query("cursor");
  if (!text || text->empty()) return std::optional<std::string>();
  const auto decoded = FromBase64Url(*text);
  if (!decoded) return NotOurs();
  const std::string_view parts = *decoded;
  const auto first = parts.find(kSeparator);
  const auto second = first == std::string_view::npos ? first : parts.find(kSeparator, first + 1);
  if (second == std::string_view::npos || second + 1 == parts.size()) return NotOurs();
  if (parts.substr(0, first) != list) {
    return Fail(Errc::kInvalidArgument, "'cursor' is of another list than this one.",
                "Pass on the `next` of a page of this list.");
  }
  // Whose it is stays unsaid: the caller may not know that the other exists.
  if (parts.substr(first + 1, second - first - 1) != TenantName(call)) {
    return Fail(Errc::kInvalidArgument, "'cursor' is of another tenant's list.",
                "A cursor goes on only for the tenant whose list gave it.");
  }
  return std::optional<std::string>(parts.substr(second + 1));
}

}  // namespace notify::agent::ingress::rest
