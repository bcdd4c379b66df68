#include "cli/key/list.hpp"

#include <array>

namespace notify::cli::key {
namespace {

constexpr std::array<output::Column, 6> kColumns = {{{"ID", "id"},
                                                     {"TENANT", "tenant"},
                                                     {"ROLE", "role"},
                                                     {"NAME", "name"},
                                                     {"CREATED", "createdAt"},
                                                     {"REVOKED", "revokedAt"}}};

}  // namespace

Command& AddKeyList(Command& noun, Factory& factory, RunHook<KeyListOptions> run) {
  auto& command = noun.Add("list", "List API keys, without their secrets", {"ls"});
  auto& options = command.Own(KeyListOptions{.factory = &factory});
  AddListWindow(command, options.window);
  command.Example("notifyctl key list --tenant blue", "who may do what");
  return command.Runs(options, std::move(run));
}

Status RunKeyList(const KeyListOptions& options) {
  return ListAndPrint(*options.factory, {.operation = "listKeys"}, options.window,
                      {.columns = kColumns},
                      "There are no keys: notifyctl key create --tenant T --role publisher");
}

}  // namespace notify::cli::key
