#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/factory.hpp"
#include "cli/history/mapping.hpp"

namespace notify::cli::migrate {

/// What the rows of a table are.
enum class Kind {
  kEvents,         ///< Each row one event.
  kNotifications,  ///< Each row one notification: that it was made, and how it ended.
  kAnalytics,      ///< Each row a count of an old report.
  kSubscriptions,  ///< Who wants what: no agent of this version holds that.
  kPreferences,    ///< The same.
  kContacts,       ///< The same.
};
std::string_view KindName(Kind kind);
/// Whether this version of the agent has a place for it.
bool IsHeld(Kind kind);

/// One table of the old database, dumped as CSV or as JSON rows.
struct Table {
  std::string name;
  std::string file;
  Kind kind = Kind::kEvents;
  std::string tenant_column;
  history::Mapping event;                   ///< kEvents
  std::map<std::string, history::Rule> of;  ///< The others: by member.
};

/// The file that says how an old database is split.
struct Description {
  std::vector<Table> tables;
  std::map<std::string, std::string> tenants;  ///< From what the column holds; empty: itself.
  std::string text;                            ///< As it was read, for the fingerprint.
};

/// Reads it. Files of tables are below its folder. kInvalidArgument with the table in the detail.
Result<Description> ReadDescription(const std::string& path);

/// The events that a row becomes, as JSON, in order. kInvalidArgument where the row does not give
/// them.
Result<std::vector<Value>> EventsOf(const Table& table, const Value& row);

}  // namespace notify::cli::migrate
