#include "cli/history/format.hpp"

#include <algorithm>
#include <array>

#include "cli/history/csv_reader.hpp"
#include "common/utf8.hpp"

namespace notify::cli::history {
namespace {

class CsvRows final : public RowSource {
 public:
  CsvRows(std::unique_ptr<Input> input, const CsvLayout& layout)
      : reader_(std::move(input), layout.delimiter), columns_(layout.columns) {}

  /// The first row, where it names the columns.
  Status Begin() {
    if (!columns_.empty()) return {};
    CsvRow row;
    const auto read = reader_.Next(row);
    if (!read) return read.error();
    if (!*read) return Fail(Errc::kInvalidArgument, "The CSV file is empty.");
    if (!row.problem.empty()) {
      return Fail(Errc::kInvalidArgument, "The row with the columns' names: " + row.problem);
    }
    columns_ = std::move(row.fields);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto& name = columns_[i];
      const bool twice = std::find(columns_.begin(), columns_.begin() + static_cast<long>(i),
                                   name) != columns_.begin() + static_cast<long>(i);
      if (name.empty() || twice || !IsUtf8(name)) {
        return Fail(Errc::kInvalidArgument,
                    "Column " + std::to_string(i + 1) + " ('" + name +
                        "') has no name of its own in the first row.",
                    "--columns names them where the file does not");
      }
    }
    return {};
  }

  Result<bool> Next(Record& record, Value& row) override {
    CsvRow csv;
    const auto read = reader_.Next(csv);
    if (!read || !*read) return read;
    record = Record{.number = csv.line, .code = Errc::kInvalidArgument, .raw = std::move(csv.raw)};
    record.problem = std::move(csv.problem);
    if (record.problem.empty() && csv.fields.size() != columns_.size()) {
      record.problem = "The row has " + std::to_string(csv.fields.size()) +
                       " fields, and there are " + std::to_string(columns_.size()) + " columns.";
    }
    if (record.problem.empty() && !IsUtf8(record.raw)) record.problem = "The row is not UTF-8.";
    if (!record.problem.empty()) return true;
    row = Value::Object();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      row.Append(columns_[i], Value(std::move(csv.fields[i])));
    }
    return true;
  }

  const std::vector<std::string>& columns() const override { return columns_; }
  std::uint64_t bytes() const override { return reader_.bytes(); }

 private:
  CsvReader reader_;
  std::vector<std::string> columns_;
};

class JsonRows final : public RowSource {
 public:
  explicit JsonRows(std::unique_ptr<Input> input) : lines_(ReadNdjson(std::move(input))) {}

  Result<bool> Next(Record& record, Value& row) override {
    const auto read = lines_->Next(record);
    if (!read || !*read || !record.problem.empty()) return read;
    record.raw = std::exchange(record.json, {});
    auto parsed = IsUtf8(record.raw) ? Value::Parse(record.raw)
                                     : Result<Value>(Fail(Errc::kInvalidJson, "It is not UTF-8."));
    if (!parsed) {
      record.problem = parsed.error().detail;
    } else if (!parsed->is_object()) {
      record.problem = "A row is a JSON object.";
    } else {
      row = std::move(*parsed);
    }
    return true;
  }

  const std::vector<std::string>& columns() const override { return none_; }
  std::uint64_t bytes() const override { return lines_->bytes(); }

 private:
  std::unique_ptr<RecordSource> lines_;
  const std::vector<std::string> none_;
};

class MappedRows final : public RecordSource {
 public:
  MappedRows(std::unique_ptr<RowSource> rows, const Mapping& mapping)
      : rows_(std::move(rows)), mapping_(mapping) {}

  Result<bool> Next(Record& record) override {
    Value row;
    const auto read = rows_->Next(record, row);
    if (!read || !*read || !record.problem.empty()) return read;
    const auto event = mapping_.EventOf(row);
    if (event) {
      record.json = event->Compact();
    } else {
      record.code = event.error().code;
      record.problem = event.error().detail;
    }
    return true;
  }

  std::uint64_t bytes() const override { return rows_->bytes(); }

 private:
  std::unique_ptr<RowSource> rows_;
  const Mapping& mapping_;
};

}  // namespace

std::optional<FileFormat> FormatFromName(std::string_view name) {
  if (name == "ndjson") return FileFormat::kNdjson;
  if (name == "json") return FileFormat::kArray;
  if (name == "csv") return FileFormat::kCsv;
  return std::nullopt;
}

std::string_view FormatName(FileFormat format) {
  constexpr std::array<std::string_view, 3> kNames = {"ndjson", "json", "csv"};
  return kNames.at(static_cast<std::size_t>(format));
}

FileFormat DetectFormat(const std::string& path, std::string_view first_bytes) {
  for (const auto* end : {".ndjson", ".jsonl"}) {
    if (path.ends_with(end)) return FileFormat::kNdjson;
  }
  for (const auto* end : {".csv", ".tsv"}) {
    if (path.ends_with(end)) return FileFormat::kCsv;
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (first_bytes.starts_with(kByteOrderMark)) first_bytes.remove_prefix(kByteOrderMark.size());
  const auto first = first_bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || first_bytes[first] == '{') return FileFormat::kNdjson;
  return first_bytes[first] == '[' ? FileFormat::kArray : FileFormat::kCsv;
}

Result<std::unique_ptr<RowSource>> ReadCsvRows(std::unique_ptr<Input> input,
                                               const CsvLayout& layout) {
  auto rows = std::make_unique<CsvRows>(std::move(input), layout);
  if (auto begun = rows->Begin(); !begun) return begun.error();
  return rows;
}

std::unique_ptr<RowSource> ReadJsonRows(std::unique_ptr<Input> input) {
  return std::make_unique<JsonRows>(std::move(input));
}

Result<std::unique_ptr<RecordSource>> MapRows(std::unique_ptr<RowSource> rows,
                                              const Mapping& mapping) {
  if (!rows->columns().empty()) {
    if (auto there = mapping.Check(rows->columns()); !there) return there.error();
  }
  return std::make_unique<MappedRows>(std::move(rows), mapping);
}

}  // namespace notify::cli::history
