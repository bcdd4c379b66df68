#include "agent/store/epoch_columns.hpp"

#include <utility>
#include <vector>

namespace notify::agent::store {

Status ReplaceEpoch(Database& database, Epoch from, Epoch to) {
  return database.Transaction([&]() -> Status {
    std::vector<std::pair<std::string, std::string>> columns;
    auto read = database.Query(
        "SELECT tables.name, columns.name FROM sqlite_schema AS tables, "
        "pragma_table_info(tables.name) AS columns WHERE tables.type='table' AND "
        R"((columns.name='epoch' OR columns.name LIKE '%\_epoch' ESCAPE '\'))",
        {}, [&](const Row& row) {
          columns.emplace_back(row.Text(0), row.Text(1));
          return true;
        });
    if (!read) return read;
    for (const auto& [table, column] : columns) {
      auto changed = database.Run(
          "UPDATE \"" + table + "\" SET \"" + column + "\"=?2 WHERE \"" + column + "\"=?1",
          {static_cast<std::int64_t>(from.value), static_cast<std::int64_t>(to.value)});
      if (!changed) return changed.error();
    }
    return {};
  });
}

}  // namespace notify::agent::store
