#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::tenant {

/// What a tenant is made of, from flags and from a file; flags win.
struct Description {
  std::string id;
  std::string file;
  std::string name;
  std::string tier;
  std::vector<std::string> hosts;
  std::vector<std::string> config;  ///< "key=value", the value JSON or text.
  std::vector<std::string> limits;  ///< "name=number" or "name=null".
};

/// Adds the arguments and flags that fill a description.
void AddDescription(Command& command, Description& description);

/// The body for the agent. kUsage without an id or with a pair that has no `=`; kTenantInvalid for
/// an id outside the grammar; kInvalidArgument for a file that is not a tenant, or another one's.
Result<Value> DescriptionBody(Factory& factory, const Description& description);

/// What people see of one tenant, and of many.
std::span<const output::Column> TenantColumns();

}  // namespace notify::cli::tenant
