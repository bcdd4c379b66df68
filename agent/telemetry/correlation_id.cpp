#include "agent/telemetry/correlation_id.hpp"

#include <algorithm>

#include "common/ids.hpp"

namespace notify::agent::telemetry {
namespace {

// Not std::isalnum, whose answer depends on the locale.
bool IsAllowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == ':' || c == '-';
}

}  // namespace

bool IsCorrelationId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxCorrelationIdLength &&
         std::ranges::all_of(text, IsAllowed);
}

std::string AcceptCorrelationId(std::string_view header, const Clock& clock, Random& random) {
  return IsCorrelationId(header) ? std::string(header) : NewUuid7(clock, random);
}

}  // namespace notify::agent::telemetry
