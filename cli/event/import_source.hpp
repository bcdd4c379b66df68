#pragma once

#include <memory>
#include <string>

#include "cli/event/import.hpp"
#include "cli/history/format.hpp"

namespace notify::cli::event {

/// What the options say of the file, before it is read.
struct ImportFile {
  history::FileFormat format = history::FileFormat::kNdjson;
  history::Mapping mapping;
  history::CsvLayout layout;
  std::string heading;  ///< Of a file with rejected rows: the CSV's first line.
};

/// Looks at the beginning of the file, and reads the mapping. kUsage where flags do not go
/// together.
Result<ImportFile> LookAtFile(const EventImportOptions& options);

/// Opens the file to be read from its beginning. `file` outlives the source.
Result<std::unique_ptr<history::RecordSource>> OpenSource(const EventImportOptions& options,
                                                          const ImportFile& file);

/// Hexadecimal, of the file's bytes and of everything that decides what they become; empty for
/// standard input.
Result<std::string> ContentOf(const EventImportOptions& options);

}  // namespace notify::cli::event
