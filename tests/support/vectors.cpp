#include "tests/support/vectors.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace notify::testing_support {

std::optional<std::string> VectorsFolder(const std::string& name) {
  const char* named = std::getenv("NOTIFY_VECTORS");
  const std::filesystem::path root =
      named != nullptr ? named
                       : std::filesystem::path(__FILE__).parent_path() / "../../../shared/vectors";
  const auto folder = root / name;
  if (!std::filesystem::exists(folder)) return std::nullopt;
  return folder.string();
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace notify::testing_support
