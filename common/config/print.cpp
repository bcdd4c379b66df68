#include <algorithm>

#include "common/config/field.hpp"

namespace notify {

std::string PrintConfig(const LoadedConfig& loaded) {
  std::string text;
  for (const auto& field : AgentFields()) {
    auto line = field.path + ": " + field.print(loaded.config);
    constexpr std::size_t kColumn = 48;
    line.resize(std::max(line.size() + 2, kColumn), ' ');
    text += line + "# " + loaded.OriginOf(field.path).ToString() + "\n";
  }
  return text;
}

}  // namespace notify
