#include "agent/app/shared_files.hpp"

#include <filesystem>
#include <initializer_list>
#include <system_error>

namespace notify::agent::app {
namespace {

/// The first of these that is there, relative to the folder that holds the program; else empty.
std::string Beside(std::initializer_list<const char*> candidates) {
  std::error_code ec;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ec);
  if (ec) return {};
  for (const char* candidate : candidates) {
    const auto path = program.parent_path() / candidate;
    if (std::filesystem::exists(path, ec))
      return std::filesystem::weakly_canonical(path, ec).string();
  }
  return {};
}

}  // namespace

std::string TemplatesFolder(const AgentConfig& config) {
  if (!config.templates_dir.empty()) return config.templates_dir;
  // build/<preset>/bin in a checkout; <prefix>/bin in an installation.
  return Beside({"../../../templates", "../share/notifyctl/templates"});
}

std::vector<std::string> SignalrBundles() {
  return {Beside({"../../../tests/integration/node_modules/@microsoft/signalr/dist/browser/"
                  "signalr.min.js"}),
          Beside({"../share/notifyctl/signalr.min.js"})};
}

}  // namespace notify::agent::app
