#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <filesystem>

namespace notify::testing_support {

TempDir::TempDir() : path_((std::filesystem::temp_directory_path() / "notify-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) std::abort();
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace notify::testing_support
