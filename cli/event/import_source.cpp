#include "cli/event/import_source.hpp"

#include <algorithm>

#include "cli/files.hpp"
#include "cli/history/csv_reader.hpp"
#include "cli/yaml.hpp"
#include "common/encoding.hpp"

namespace notify::cli::event {
namespace {

using history::FileFormat;
using history::Mapping;

constexpr const char* kHelp = "notifyctl event import --help";

Result<FileFormat> FormatOf(const EventImportOptions& options) {
  if (!options.format.empty()) return *history::FormatFromName(options.format);
  if (!options.mapping.empty() || !options.maps.empty() || !options.columns.empty()) {
    return FileFormat::kCsv;
  }
  // Standard input can be read only once.
  if (options.file == "-") return FileFormat::kNdjson;
  auto input = history::Input::Open(options.file, options.factory->streams());
  if (!input) return input.error();
  const auto first = (*input)->Next();
  if (!first) return first.error();
  return history::DetectFormat(options.file, *first);
}

Result<Mapping> MappingOf(const EventImportOptions& options) {
  Mapping mapping;
  if (!options.mapping.empty()) {
    const auto text = ReadFile(options.mapping);
    if (!text) return text.error();
    const auto given = FromYaml(*text, options.mapping);
    if (!given) return given.error();
    auto parsed = Mapping::Parse(*given, options.mapping);
    if (!parsed) return parsed;
    mapping = std::move(*parsed);
  }
  for (const auto& pair : options.maps) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size()) {
      return Fail(Errc::kUsage, "--map takes ATTRIBUTE=COLUMN, not '" + pair + "'.", kHelp);
    }
    auto set = mapping.Set(pair.substr(0, equals), {.column = pair.substr(equals + 1)});
    if (!set) return set.error();
  }
  if (!options.type.empty()) {
    if (auto set = mapping.Set("type", {.constant = options.type}); !set) return set.error();
  }
  if (!mapping.Has("type")) {
    return Fail(Errc::kUsage, "What is the type of a CSV row's event?",
                "--type order.paid for all, --map type=COLUMN, or `type` in the --mapping file");
  }
  return mapping;
}

Result<history::CsvLayout> LayoutOf(const EventImportOptions& options) {
  history::CsvLayout layout;
  if (options.file.ends_with(".tsv")) layout.delimiter = '\t';
  if (!options.delimiter.empty()) {
    const std::string given = options.delimiter == "\\t" ? "\t" : options.delimiter;
    if (given.size() != 1 || given == "\"" || given == "\n" || given == "\r") {
      return Fail(Errc::kUsage, "--delimiter is one character, such as ; or \\t.", kHelp);
    }
    layout.delimiter = given.front();
  }
  std::string_view rest = options.columns;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    layout.columns.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return layout;
}

// The first line again, for the rejected rows to stand under.
Result<std::string> HeadingOf(const EventImportOptions& options, const ImportFile& file) {
  if (options.rejected.empty() || !file.layout.columns.empty() || options.file == "-") {
    return std::string();
  }
  auto input = history::Input::Open(options.file, options.factory->streams());
  if (!input) return input.error();
  history::CsvReader reader(std::move(*input), file.layout.delimiter);
  history::CsvRow row;
  if (const auto read = reader.Next(row); !read) return read.error();
  return row.raw;
}

}  // namespace

Result<ImportFile> LookAtFile(const EventImportOptions& options) {
  ImportFile file;
  const auto format = FormatOf(options);
  if (!format) return format.error();
  file.format = *format;
  if (file.format != FileFormat::kCsv) {
    if (options.mapping.empty() && options.maps.empty() && options.type.empty() &&
        options.columns.empty()) {
      return file;
    }
    return Fail(Errc::kUsage,
                "--mapping, --map, --type and --columns are for CSV; this file holds events.",
                kHelp);
  }
  auto mapping = MappingOf(options);
  if (!mapping) return mapping.error();
  file.mapping = std::move(*mapping);
  auto layout = LayoutOf(options);
  if (!layout) return layout.error();
  file.layout = std::move(*layout);
  auto heading = HeadingOf(options, file);
  if (!heading) return heading.error();
  file.heading = std::move(*heading);
  return file;
}

Result<std::unique_ptr<history::RecordSource>> OpenSource(const EventImportOptions& options,
                                                          const ImportFile& file) {
  auto input = history::Input::Open(options.file, options.factory->streams());
  if (!input) return input.error();
  if (file.format == FileFormat::kNdjson) return history::ReadNdjson(std::move(*input));
  if (file.format == FileFormat::kArray) return history::ReadArray(std::move(*input));
  auto rows = history::ReadCsvRows(std::move(*input), file.layout);
  if (!rows) return rows.error();
  return history::MapRows(std::move(*rows), file.mapping);
}

Result<std::string> ContentOf(const EventImportOptions& options) {
  if (options.file == "-") return std::string();
  auto input = history::Input::Open(options.file, options.factory->streams());
  if (!input) return input.error();
  const auto bytes = history::Fingerprint(**input);
  if (!bytes) return bytes;
  std::string all = *bytes + "\n" + options.type + "\n" + options.columns + "\n" +
                    options.delimiter + "\n" + options.factory->globals().agent.tenant + "\n";
  if (!options.mapping.empty()) {
    const auto mapping = ReadFile(options.mapping);
    if (!mapping) return mapping.error();
    all += *mapping;
  }
  for (const auto& map : options.maps) all += "\n" + map;
  return ToHex(Sha256(all));
}

}  // namespace notify::cli::event
