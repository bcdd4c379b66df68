#include "cli/client/contexts.hpp"

#include <algorithm>

#include "cli/files.hpp"
#include "cli/yaml.hpp"

namespace notify::cli::client {
namespace {

constexpr unsigned kOwnerOnly = 0600;

Error BadFile(const std::string& path, const std::string& why) {
  return Fail(Errc::kInvalidConfig, path + ": " + why + ".",
              "repair the file, or remove it and use `notifyctl context set`");
}

}  // namespace

const SavedContext* Contexts::Find(std::string_view name) const {
  const auto found = std::ranges::find(saved, name, &SavedContext::name);
  return found == saved.end() ? nullptr : &*found;
}

SavedContext* Contexts::Find(std::string_view name) {
  const auto found = std::ranges::find(saved, name, &SavedContext::name);
  return found == saved.end() ? nullptr : &*found;
}

std::string ContextsPath(const Environment& environment) {
  if (auto path = environment.Get("NOTIFYCTL_CONFIG"); !path.empty()) return path;
  if (const auto base = environment.Get("XDG_CONFIG_HOME"); !base.empty()) {
    return Join(base, "notifyctl/config.yaml");
  }
  const auto home = environment.Get("HOME");
  return home.empty() ? std::string{} : Join(home, ".config/notifyctl/config.yaml");
}

Result<Contexts> LoadContexts(const std::string& path) {
  Contexts contexts;
  if (path.empty() || !FileExists(path)) return contexts;
  auto text = ReadFile(path);
  if (!text) return std::move(text.error());
  const auto root = FromYaml(*text, path);
  if (!root) return BadFile(path, root.error().detail);
  contexts.current = root->Text("current");
  const auto* saved = root->Find("contexts");
  if (saved == nullptr || saved->is_null()) return contexts;
  if (!saved->is_object()) return BadFile(path, "`contexts` is not a mapping of names");
  for (const auto& [name, members] : saved->members()) {
    for (const auto& [key, value] : members.members()) {
      if (key != "endpoint" && key != "token" && key != "tenant") {
        return BadFile(path, "contexts." + name + " has an unknown key `" + key + "`");
      }
    }
    contexts.saved.push_back(
        {name, members.Text("endpoint"), members.Text("token"), members.Text("tenant")});
  }
  return contexts;
}

Status SaveContexts(const std::string& path, const Contexts& contexts) {
  if (path.empty()) {
    return Fail(Errc::kInvalidArgument, "There is no home folder to keep contexts in.",
                "set HOME or NOTIFYCTL_CONFIG");
  }
  auto saved = Value::Object();
  for (const auto& context : contexts.saved) {
    auto members = Value::Object();
    members.SetText("endpoint", context.endpoint)
        .SetText("token", context.token)
        .SetText("tenant", context.tenant);
    saved.Set(context.name, std::move(members));
  }
  auto root = Value::Object();
  root.SetText("current", contexts.current).Set("contexts", std::move(saved));
  const auto slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0) {
    auto made = MakeFolders(path.substr(0, slash), 0700);
    if (!made) return made;
  }
  return WriteFileAtomically(path, ToYaml(root), kOwnerOnly);
}

}  // namespace notify::cli::client
