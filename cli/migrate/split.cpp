#include "cli/migrate/split.hpp"

#include <filesystem>

#include "cli/files.hpp"
#include "cli/history/format.hpp"
#include "cli/migrate/spool.hpp"
#include "common/encoding.hpp"
#include "common/ids.hpp"

namespace notify::cli::migrate {
namespace {

using history::FileFormat;
using history::Input;
using history::Record;

std::string SplitFile(const std::string& folder) { return folder + "/split.json"; }

Result<std::unique_ptr<history::RowSource>> OpenTable(const Table& table, Streams& streams) {
  auto look = Input::Open(table.file, streams);
  if (!look) return look.error();
  const auto first = (*look)->Next();
  if (!first) return first.error();
  const auto format = history::DetectFormat(table.file, *first);
  auto input = Input::Open(table.file, streams);
  if (!input) return input.error();
  if (format == FileFormat::kNdjson) return history::ReadJsonRows(std::move(*input));
  if (format == FileFormat::kArray) {
    return Fail(Errc::kInvalidArgument, table.file + " is one JSON array.",
                "dump one object a line: jq -c '.[]'");
  }
  const history::CsvLayout layout{.delimiter = table.file.ends_with(".tsv") ? '\t' : ','};
  return history::ReadCsvRows(std::move(*input), layout);
}

class Splitter {
 public:
  Splitter(const Description& description, const SplitSettings& settings, Streams& streams,
           history::Rejections& rejections, const std::function<void(std::uint64_t)>& progress)
      : description_(description),
        settings_(settings),
        streams_(streams),
        rejections_(rejections),
        progress_(progress) {}

  Status Run(const Table& table) {
    auto rows = OpenTable(table, streams_);
    if (!rows) return rows.error();
    if (auto there = CheckColumns(table, (*rows)->columns()); !there) return there;
    Record record;
    Value row;
    for (;;) {
      const auto read = (*rows)->Next(record, row);
      if (!read) return read.error();
      if (!*read) break;
      Status taken =
          record.problem.empty() ? Take(table, row, record) : Fail(record.code, record.problem);
      if (!taken) taken = Refuse(table, record, taken.error());
      if (!taken) return taken;
      progress_(bytes_ + (*rows)->bytes());
    }
    bytes_ += (*rows)->bytes();
    return {};
  }

  Status Finish() { return spool_.Flush(); }

  Split split;

 private:
  Status CheckColumns(const Table& table, const std::vector<std::string>& columns) {
    if (columns.empty()) return {};
    history::Mapping needed;
    if (auto set = needed.Set("tenantcolumn", {.column = table.tenant_column}); !set) return set;
    int number = 0;
    for (const auto& [member, rule] : table.of) {
      if (auto set = needed.Set("m" + std::to_string(number++), rule); !set) return set;
    }
    auto there = needed.Check(columns);
    if (there && table.kind == Kind::kEvents) there = table.event.Check(columns);
    if (!there) there.error().detail = "tables." + table.name + ": " + there.error().detail;
    return there;
  }

  /// Empty: the row is of nobody.
  Result<std::string> TenantOf(const Table& table, const Value& row) const {
    const auto* cell = row.Find(table.tenant_column);
    std::string name = cell == nullptr ? std::string() : cell->Text();
    if (name.empty()) return settings_.default_tenant;
    if (!description_.tenants.empty()) {
      const auto known = description_.tenants.find(name);
      if (known == description_.tenants.end()) {
        return Fail(Errc::kInvalidArgument, "'" + name.substr(0, 64) + "' in '" +
                                                table.tenant_column + "' is none of `tenants`.");
      }
      name = known->second;
    }
    auto id = TenantId::Parse(name);
    if (!id) {
      return Fail(
          Errc::kTenantInvalid,
          "'" + name.substr(0, 64) + "' in '" + table.tenant_column + "' is not a tenant id.",
          "`tenants: {…}` says which id stands for what");
    }
    return name;
  }

  Status Take(const Table& table, Value& row, const Record& record) {
    const auto tenant = TenantOf(table, row);
    if (!tenant) return tenant.error();
    if (tenant->empty()) {
      ++split.without_tenant;
      return rejections_.Add(record.number, "no_tenant",
                             table.name +
                                 ": the row names no tenant, and there is no "
                                 "--default-tenant.",
                             record.raw);
    }
    // Whose it was is said by where it goes.
    row.Remove(table.tenant_column);
    Share& share = split.tenants[*tenant];
    if (!IsHeld(table.kind)) {
      ++split.not_held[table.name];
      ++share.rows[table.name];
      return spool_.Add(settings_.folder + "/not-held." + *tenant + "." + table.name + ".ndjson",
                        row.Compact());
    }
    auto events = EventsOf(table, row);
    if (!events) return events.error();
    ++share.rows[table.name];
    for (const Value& event : *events) {
      ++share.lines;
      share.counts[event.Text("type")] +=
          static_cast<std::uint64_t>(event.Integer("standsfor").value_or(1));
      auto added = spool_.Add(EventsFile(settings_.folder, *tenant), event.Compact());
      if (!added) return added;
    }
    return {};
  }

  Status Refuse(const Table& table, const Record& record, const Error& error) {
    ++split.bad;
    auto added = rejections_.Add(record.number, Describe(error.code).name,
                                 table.name + ": " + error.detail, record.raw);
    if (!added || !settings_.stop_on_error) return added;
    return Fail(
        Errc::kInvalidArgument,
        table.file + ", line " + std::to_string(record.number) + ": " + error.detail +
            " Nothing was migrated.",
        error.hint.empty() ? "mend it, or pass over bad rows with --on-error skip" : error.hint);
  }

  const Description& description_;
  const SplitSettings& settings_;
  Streams& streams_;
  history::Rejections& rejections_;
  const std::function<void(std::uint64_t)>& progress_;
  Spool spool_;
  std::uint64_t bytes_ = 0;  // Of the tables before.
};

Value CountsOf(const std::map<std::string, std::uint64_t>& counts) {
  auto value = Value::Object();
  for (const auto& [name, count] : counts) value.Append(name, Value(count));
  return value;
}

void ReadCounts(const Value* value, std::map<std::string, std::uint64_t>& into) {
  if (value == nullptr) return;
  for (const auto& [name, count] : value->members()) {
    into[name] = std::strtoull(count.Text().c_str(), nullptr, 10);
  }
}

Value ToValue(const Split& split) {
  auto tenants = Value::Object();
  for (const auto& [id, share] : split.tenants) {
    auto one = Value::Object();
    one.Set("lines", share.lines)
        .Set("rows", CountsOf(share.rows))
        .Set("counts", CountsOf(share.counts));
    tenants.Append(id, std::move(one));
  }
  auto value = Value::Object();
  value.Set("content", split.content)
      .Set("tenants", std::move(tenants))
      .Set("notHeld", CountsOf(split.not_held))
      .Set("bad", split.bad)
      .Set("withoutTenant", split.without_tenant);
  return value;
}

}  // namespace

std::string EventsFile(const std::string& folder, const std::string& tenant) {
  return folder + "/" + tenant + ".ndjson";
}

Result<std::string> ContentOf(const Description& description, const SplitSettings& settings,
                              Streams& streams) {
  std::string all = description.text + "\n" + settings.default_tenant;
  for (const Table& table : description.tables) {
    auto input = Input::Open(table.file, streams);
    if (!input) return input.error();
    const auto bytes = history::Fingerprint(**input);
    if (!bytes) return bytes;
    all += "\n" + *bytes;
  }
  return ToHex(Sha256(all));
}

Result<Split> SplitDump(const Description& description, const SplitSettings& settings,
                        const std::string& content, Streams& streams,
                        history::Rejections& rejections,
                        const std::function<void(std::uint64_t)>& progress) {
  if (auto made = MakeFolders(settings.folder, 0700); !made) return made.error();
  // What an unfinished split has left would be there twice.
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(settings.folder, ignored)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".ndjson") && name != "rejected.ndjson") {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
  Splitter splitter(description, settings, streams, rejections, progress);
  for (const Table& table : description.tables) {
    if (auto done = splitter.Run(table); !done) return done.error();
  }
  if (auto done = splitter.Finish(); !done) return done.error();
  splitter.split.content = content;
  auto written = WriteFileAtomically(SplitFile(settings.folder),
                                     ToValue(splitter.split).Pretty() + "\n", 0600);
  if (!written) return written.error();
  return std::move(splitter.split);
}

std::optional<Split> FindSplit(const std::string& folder) {
  if (!FileExists(SplitFile(folder))) return std::nullopt;
  const auto text = ReadFile(SplitFile(folder));
  if (!text) return std::nullopt;
  const auto value = Value::Parse(*text);
  if (!value || value->Text("content").empty()) return std::nullopt;
  Split split{.content = value->Text("content")};
  const auto* tenants = value->Find("tenants");
  for (const auto& [id, one] :
       tenants == nullptr ? std::vector<Value::Member>{} : tenants->members()) {
    Share share{.lines = static_cast<std::uint64_t>(one.Integer("lines").value_or(0))};
    ReadCounts(one.Find("rows"), share.rows);
    ReadCounts(one.Find("counts"), share.counts);
    split.tenants[id] = std::move(share);
  }
  ReadCounts(value->Find("notHeld"), split.not_held);
  split.bad = static_cast<std::uint64_t>(value->Integer("bad").value_or(0));
  split.without_tenant = static_cast<std::uint64_t>(value->Integer("withoutTenant").value_or(0));
  return split;
}

}  // namespace notify::cli::migrate
