#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/client/api_client.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli {

/// How an answer is shown.
struct Shown {
  std::span<const output::Column> columns;
  std::string_view name_path = "id";
  std::string note;  ///< A sentence for people, after the answer; may be empty.
};

/// Calls the agent and prints the object that it answers.
Status CallAndPrint(Factory& factory, const client::Request& request, const Shown& shown);

/// The part of a list that is wanted.
struct ListWindow {
  std::int64_t limit = 50;
  std::string cursor;
};

/// Adds `--limit` and `--cursor`.
void AddListWindow(Command& command, ListWindow& window);

/// Calls page by page until there are `window.limit` items or no more: `{"items", "next"}`.
/// kUsage for a limit below 1.
Result<Value> FetchList(client::ApiClient& client, client::Request request,
                        const ListWindow& window);

/// FetchList, printed. `empty` is said to people where there is nothing.
Status ListAndPrint(Factory& factory, const client::Request& request, const ListWindow& window,
                    const Shown& shown, std::string_view empty);

/// Adds `--dry-run`, which shows the request instead of sending it.
void AddDryRun(Command& command, bool& dry_run);
/// Prints `{dryRun, method, path, body}`: what a change would send.
Status PrintDryRun(Factory& factory, const client::Request& request);

/// The object in a YAML or JSON file (`-` is standard input), without its optional `apiVersion` and
/// `kind`. kInvalidArgument for another `kind`, for what is not an object, and for a member that is
/// not in `known` (naming the nearest).
Result<Value> ReadObject(Factory& factory, const std::string& file, std::string_view kind,
                         std::span<const std::string_view> known);

/// JSON where `text` is JSON, else the text itself: for `--config key=value`.
Value JsonOrText(const std::string& text);

}  // namespace notify::cli
