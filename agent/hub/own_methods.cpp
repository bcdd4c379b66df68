#include "agent/hub/own_methods.hpp"

#include <algorithm>
#include <array>

#include "common/model/event_parser.hpp"

namespace notify::agent::hub {

bool SameMethod(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool IsOwnMethod(std::string_view method) {
  constexpr std::array<std::string_view, 7> kOurs = {
      "connected", "notification", "gap", "unsubscribed", "system.alert", "presence", "badge"};
  return IsReservedType(method) || std::ranges::any_of(kOurs, [&](std::string_view ours) {
           return SameMethod(ours, method);
         });
}

}  // namespace notify::agent::hub
