#pragma once

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/dlq/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::dlq {

struct DlqListOptions {
  Factory* factory = nullptr;
  Filter filter;
  ListWindow window;
};

Command& AddDlqList(Command& noun, Factory& factory, RunHook<DlqListOptions> run);
/// Lists dead letters, oldest failure first.
Status RunDlqList(const DlqListOptions& options);

}  // namespace notify::cli::dlq
