#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/history/mapping.hpp"
#include "cli/history/record_source.hpp"

namespace notify::cli::history {

enum class FileFormat { kNdjson, kArray, kCsv };

/// `ndjson`, `json` (also a CloudEvents batch) or `csv`; nothing for another word.
std::optional<FileFormat> FormatFromName(std::string_view name);
std::string_view FormatName(FileFormat format);

/// What the name says (.ndjson, .jsonl, .json, .csv, .tsv), else what the first bytes look like: an
/// array begins with '[', a line of JSON with '{', everything else is CSV.
FileFormat DetectFormat(const std::string& path, std::string_view first_bytes);

/// How a CSV text is laid out.
struct CsvLayout {
  char delimiter = ',';
  std::vector<std::string> columns;  ///< Empty: the first row names them.
};

/// The rows of a table as objects by column, one record each.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// As RecordSource::Next; `row` is set where `record.problem` is empty.
  virtual Result<bool> Next(Record& record, Value& row) = 0;
  /// Known after the first row of a CSV text; empty where rows have members of their own.
  virtual const std::vector<std::string>& columns() const = 0;
  virtual std::uint64_t bytes() const = 0;
};

/// kInvalidArgument where the first row does not name each column once.
Result<std::unique_ptr<RowSource>> ReadCsvRows(std::unique_ptr<Input> input,
                                               const CsvLayout& layout);
/// JSON objects, one a line.
std::unique_ptr<RowSource> ReadJsonRows(std::unique_ptr<Input> input);

/// Makes events of rows. kInvalidArgument where the table lacks a column of the mapping, which
/// outlives the source.
Result<std::unique_ptr<RecordSource>> MapRows(std::unique_ptr<RowSource> rows,
                                              const Mapping& mapping);

}  // namespace notify::cli::history
