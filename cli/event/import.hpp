#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::event {

struct EventImportOptions {
  Factory* factory = nullptr;
  std::string file;
  std::string format;
  std::string mapping;            ///< A file.
  std::vector<std::string> maps;  ///< ATTRIBUTE=COLUMN
  std::string type;               ///< Of every event.
  std::string columns;            ///< Separated by the delimiter.
  std::string delimiter;
  std::string checkpoint;
  std::string import_id;
  std::string on_error = "stop";
  std::string rejected;
  std::string from_tenant;
  std::int64_t batch = 10'000;
  std::int64_t in_flight = 4;
  bool fire_triggers = false;
  bool restart = false;
  bool changed = false;
  bool dry_run = false;
};

Command& AddEventImport(Command& noun, Factory& factory, RunHook<EventImportOptions> run);
/// Brings a file of events into the log with their own times, from the checkpoint on where there is
/// one, and prints a report, also where it failed. kUsage, kInvalidArgument for the mapping, and
/// what ImportRun says.
Status RunEventImport(const EventImportOptions& options);

}  // namespace notify::cli::event
