#include "cli/migrate/description.hpp"

#include <algorithm>
#include <array>

#include "cli/files.hpp"
#include "cli/nearest.hpp"
#include "cli/yaml.hpp"

namespace notify::cli::migrate {
namespace {

using history::Rule;

struct KindRow {
  Kind kind;
  std::string_view name;
  bool held;
  std::vector<std::string> needed;
  std::vector<std::string> possible;
};

const std::array<KindRow, 6>& Kinds() {
  static const std::array<KindRow, 6> kRows = {
      {{Kind::kEvents, "events", true, {}, {}},
       {Kind::kNotifications,
        "notifications",
        true,
        {"channel", "created", "id"},
        {"ended", "recipient", "status", "template", "title", "userid"}},
       {Kind::kAnalytics, "analytics", true, {"count", "key", "time"}, {"metric"}},
       {Kind::kSubscriptions, "subscriptions", false, {}, {}},
       {Kind::kPreferences, "preferences", false, {}, {}},
       {Kind::kContacts, "contacts", false, {}, {}}}};
  return kRows;
}

const KindRow& RowOf(Kind kind) { return Kinds().at(static_cast<std::size_t>(kind)); }

Result<Kind> KindFromName(const std::string& name, const std::string& where) {
  std::string known;
  for (const KindRow& row : Kinds()) {
    if (row.name == name) return row.kind;
    known += (known.empty() ? "" : ", ") + std::string(row.name);
  }
  return Fail(Errc::kInvalidArgument, where + ".as: '" + name + "' is none of " + known + ".");
}

// Times and counts are what they are, whoever wrote the table.
Rule::As AsOf(std::string_view member) {
  if (member == "created" || member == "ended" || member == "time") return Rule::As::kTime;
  return member == "count" ? Rule::As::kNumber : Rule::As::kText;
}

Status ReadMembers(Table& table, const Value& given, const std::string& where) {
  const KindRow& kind = RowOf(table.kind);
  std::vector<std::string> known = kind.needed;
  known.insert(known.end(), kind.possible.begin(), kind.possible.end());
  for (const auto& [name, value] : given.members()) {
    if (std::ranges::find(known, name) == known.end()) {
      std::string detail = where + ": " + std::string(kind.name) + " have no '" + name + "'.";
      const auto near = Nearest(name, known);
      if (!near.empty()) detail += " Did you mean '" + near + "'?";
      return Fail(Errc::kInvalidArgument, std::move(detail));
    }
    auto rule = history::ParseRule(value, where + "." + name);
    if (!rule) return rule.error();
    rule->as = AsOf(name);
    table.of[name] = std::move(*rule);
  }
  for (const auto& name : kind.needed) {
    if (!table.of.contains(name)) {
      return Fail(Errc::kInvalidArgument,
                  where + ": " + std::string(kind.name) + " need '" + name + "'.");
    }
  }
  return {};
}

Result<Table> ReadTable(const std::string& name, Value given, const std::string& tenant_column,
                        const std::string& folder) {
  const std::string where = "tables." + name;
  if (!given.is_object()) return Fail(Errc::kInvalidArgument, where + " is not an object.");
  Table table{.name = name, .tenant_column = tenant_column};
  const auto kind = KindFromName(given.Text("as"), where);
  if (!kind) return kind.error();
  table.kind = *kind;
  if (given.Text("file").empty()) {
    return Fail(Errc::kInvalidArgument, where + " names no `file`.");
  }
  table.file = Join(folder, given.Text("file"));
  if (!given.Text("tenant").empty()) table.tenant_column = given.Text("tenant");
  if (table.tenant_column.empty()) {
    return Fail(Errc::kInvalidArgument, where + ": which column says whose a row is?",
                "`tenant: COLUMN` in the table, or once for all above `tables`");
  }
  for (const auto* key : {"as", "file", "tenant"}) given.Remove(key);
  if (table.kind == Kind::kEvents) {
    auto mapping = history::Mapping::Parse(given, where);
    if (!mapping) return mapping.error();
    if (!mapping->Has("type")) return Fail(Errc::kInvalidArgument, where + " needs `type`.");
    table.event = std::move(*mapping);
  } else if (IsHeld(table.kind)) {
    if (auto read = ReadMembers(table, given, where); !read) return read.error();
  }
  return table;
}

}  // namespace

std::string_view KindName(Kind kind) { return RowOf(kind).name; }
bool IsHeld(Kind kind) { return RowOf(kind).held; }

Result<Description> ReadDescription(const std::string& path) {
  auto text = ReadFile(path);
  if (!text) return text.error();
  const auto given = FromYaml(*text, path);
  if (!given) return given.error();
  const auto* tables = given->Find("tables");
  if (tables == nullptr || !tables->is_object() || tables->members().empty()) {
    return Fail(Errc::kInvalidArgument, path + " has no `tables`.",
                "see `notifyctl migrate single-to-multi --help` and docs/import.md");
  }
  Description description{.text = std::move(*text)};
  for (const auto& [key, value] : given->members()) {
    if (key == "tenants") {
      for (const auto& [from, to] : value.members()) description.tenants[from] = to.Text();
    } else if (key != "tables" && key != "tenant") {
      return Fail(Errc::kInvalidArgument, path + ": there is no '" + key + "' at the top.",
                  "there are tenant, tenants and tables");
    }
  }
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
  for (const auto& [name, value] : tables->members()) {
    auto table = ReadTable(name, value, given->Text("tenant"), folder);
    if (!table) return table.error();
    description.tables.push_back(std::move(*table));
  }
  return description;
}

}  // namespace notify::cli::migrate
