#include "cli/dlq/noun.hpp"

#include "cli/dlq/list.hpp"
#include "cli/dlq/purge.hpp"
#include "cli/dlq/retry.hpp"
#include "cli/dlq/show.hpp"

namespace notify::cli::dlq {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add(
      "dlq", "Dead letters: events that consumers, and notifications that channels gave up",
      {"dead-letter", "dead-letters"});
  AddDlqList(noun, factory, RunDlqList);
  AddDlqShow(noun, factory, RunDlqShow);
  AddDlqRetry(noun, factory, RunDlqRetry);
  AddDlqPurge(noun, factory, RunDlqPurge);
}

}  // namespace notify::cli::dlq
