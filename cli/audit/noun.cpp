#include "cli/audit/noun.hpp"

#include "cli/audit/list.hpp"

namespace notify::cli::audit {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("audit", "Who did what, and what was refused", {"audits", "aud"});
  AddAuditList(noun, factory, RunAuditList);
}

}  // namespace notify::cli::audit
