#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/vectors.hpp"

namespace notify::signalr {

/// A file of the SignalR vectors, or JSON null where there are none.
inline nlohmann::json SignalRVectors(const std::string& name) {
  const auto folder = testing_support::VectorsFolder("signalr");
  if (!folder) return {};
  return nlohmann::json::parse(testing_support::ReadFile(*folder + "/" + name));
}

}  // namespace notify::signalr
