#include "cli/environment.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace notify::cli {
namespace {

constexpr std::array kRead = {"HOME",
                              "XDG_CONFIG_HOME",
                              "XDG_RUNTIME_DIR",
                              "NO_COLOR",
                              "COLUMNS",
                              "TERM",
                              "SHELL",
                              "STATE_DIRECTORY",
                              "NOTIFYCTL_ENDPOINT",
                              "NOTIFYCTL_TOKEN",
                              "NOTIFYCTL_TENANT",
                              "NOTIFYCTL_CONFIG"};

}  // namespace

Environment Environment::System() {
  Variables variables;
  for (const auto* name : kRead) {
    if (const auto* value = std::getenv(name)) variables.emplace(name, value);
  }
  std::array<char, 4096> folder{};
  const auto* found = ::getcwd(folder.data(), folder.size());
  return Environment{std::move(variables), found == nullptr ? "." : found};
}

std::string Environment::Get(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? std::string{} : found->second;
}

}  // namespace notify::cli
