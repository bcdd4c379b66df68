#include "cli/trigger/noun.hpp"

#include "cli/trigger/delete.hpp"
#include "cli/trigger/get.hpp"
#include "cli/trigger/list.hpp"
#include "cli/trigger/put.hpp"

namespace notify::cli::trigger {

void AddNoun(Command& root, Factory& factory) {
  auto& noun =
      root.Add("trigger", "Rules: which events start which notifications", {"triggers", "trig"});
  AddTriggerList(noun, factory, RunTriggerList);
  AddTriggerGet(noun, factory, RunTriggerGet);
  AddTriggerPut(noun, factory, RunTriggerPut);
  AddTriggerDelete(noun, factory, RunTriggerDelete);
}

}  // namespace notify::cli::trigger
