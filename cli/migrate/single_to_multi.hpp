#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::migrate {

struct SingleToMultiOptions {
  Factory* factory = nullptr;
  std::string file;            ///< The description.
  std::string work;            ///< The folder for what is made; empty: beside the description.
  std::string default_tenant;  ///< Of rows that name none.
  std::string on_error = "stop";
  bool plan = false;
  bool create_tenants = false;
  bool restart = false;
};

Command& AddSingleToMulti(Command& noun, Factory& factory, RunHook<SingleToMultiOptions> run);
/// Splits a database of one tenant by a column and imports each tenant's share, from where an
/// earlier run ended; prints what each tenant got and whether its counts are right. Exit 1 where
/// they are not. kUsage, kInvalidArgument for the description and bad rows, kNotFound for tenants
/// that do not exist, and what an import says.
Status RunSingleToMulti(const SingleToMultiOptions& options);

}  // namespace notify::cli::migrate
