#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/environment.hpp"
#include "common/result.hpp"

namespace notify::cli::client {

/// What `notifyctl context set` remembers under a name. Each member may be empty.
struct SavedContext {
  std::string name;
  std::string endpoint;
  std::string token;
  std::string tenant;
};

/// All that is remembered.
struct Contexts {
  std::string current;  ///< The name in use; empty: none.
  std::vector<SavedContext> saved;

  const SavedContext* Find(std::string_view name) const;
  SavedContext* Find(std::string_view name);
};

/// `$NOTIFYCTL_CONFIG`, else `$XDG_CONFIG_HOME/notifyctl/config.yaml`, else
/// `~/.config/notifyctl/config.yaml`; empty where there is no home folder.
std::string ContextsPath(const Environment& environment);

/// Reads the file; a missing one is empty. kInvalidConfig with the line where it is not right.
Result<Contexts> LoadContexts(const std::string& path);

/// Writes the file with permissions 0600, for it holds tokens. kInvalidArgument where `path` is
/// empty.
Status SaveContexts(const std::string& path, const Contexts& contexts);

}  // namespace notify::cli::client
