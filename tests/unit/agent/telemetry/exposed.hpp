#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "agent/telemetry/exposition.hpp"

namespace notify::agent::telemetry {

inline TenantId Tenant(std::string_view name) { return TenantId::Parse(name).value(); }

/// The value of a sample as `/metrics` shows it, by its name and labels; `absent` where there is
/// none.
inline std::string Exposed(const Metrics& metrics, const std::string& sample) {
  const std::string text = "\n" + Exposition(metrics, std::nullopt);
  const std::size_t at = text.find("\n" + sample + " ");
  if (at == std::string::npos) return "absent";
  const std::size_t begin = at + sample.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace notify::agent::telemetry
