#include "agent/auth/json_object.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace notify::agent::auth {
namespace {

constexpr int kMaxDepth = 16;

}  // namespace

nlohmann::json ParseStrictObject(std::string_view text) {
  std::set<std::string> seen;
  bool strict = true;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    if (depth > kMaxDepth) strict = false;
    if (event == nlohmann::json::parse_event_t::key && depth == 1) {
      strict = seen.insert(parsed.get<std::string>()).second && strict;
    }
    return strict;
  };
  auto object = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  if (!strict || !object.is_object()) return nullptr;
  return object;
}

}  // namespace notify::agent::auth
