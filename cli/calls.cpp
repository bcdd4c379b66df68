#include "cli/calls.hpp"

#include <algorithm>

#include "cli/files.hpp"
#include "cli/nearest.hpp"
#include "cli/yaml.hpp"

namespace notify::cli {
namespace {

constexpr std::int64_t kLargestPage = 1'000;

}  // namespace

Status CallAndPrint(Factory& factory, const client::Request& request, const Shown& shown) {
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  auto answer = (*client)->Call(request);
  if (!answer) return std::move(answer.error());
  printer->Object(*answer, shown.columns, shown.name_path);
  printer->Note(shown.note);
  return {};
}

void AddListWindow(Command& command, ListWindow& window) {
  command.Option("--limit", "N", window.limit, "at most so many (default 50)");
  command.Option("--cursor", "NEXT", window.cursor, "go on after an earlier list's `next`");
}

Result<Value> FetchList(client::ApiClient& client, client::Request request,
                        const ListWindow& window) {
  if (window.limit < 1) return Fail(Errc::kUsage, "--limit must be at least 1.");
  auto items = Value::Array();
  Value next = window.cursor.empty() ? Value{} : Value{window.cursor};
  const auto own_query = request.query;
  do {
    const auto left = window.limit - static_cast<std::int64_t>(items.items().size());
    request.query = own_query;
    request.With("limit", std::to_string(std::min(left, kLargestPage)));
    request.With("cursor", next.Text());
    auto page = client.Call(request);
    if (!page) return page;
    const auto* got = page->Find("items");
    if (got == nullptr || !got->is_array()) {
      return Fail(Errc::kInternal, "The agent's answer is not a list.");
    }
    for (const auto& item : got->items()) items.Add(item);
    const auto* more = page->Find("next");
    next = more == nullptr ? Value{} : *more;
  } while (!next.is_null() && static_cast<std::int64_t>(items.items().size()) < window.limit);
  auto list = Value::Object();
  list.Set("items", std::move(items)).Set("next", std::move(next));
  return list;
}

Status ListAndPrint(Factory& factory, const client::Request& request, const ListWindow& window,
                    const Shown& shown, std::string_view empty) {
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  auto list = FetchList(**client, request, window);
  if (!list) return std::move(list.error());
  printer->List(*list, shown.columns, shown.name_path, empty);
  return {};
}

void AddDryRun(Command& command, bool& dry_run) {
  command.Flag("--dry-run", dry_run, "show the request, send nothing");
}

Status PrintDryRun(Factory& factory, const client::Request& request) {
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  const auto* route = api::FindOperation(request.operation);
  auto value = Value::Object();
  value.Set("dryRun", true)
      .Set("method", api::MethodName(route->method))
      .Set("path", api::BuildPath(request.operation, request.path));
  if (!request.body.empty()) {
    auto body = Value::Parse(request.body);
    if (!body) return std::move(body.error());
    value.Set("body", std::move(*body));
  }
  if (printer->machine_readable()) {
    printer->Object(value, {}, "path");
  } else {
    factory.streams().Out(ToYaml(value));
  }
  return {};
}

Result<Value> ReadObject(Factory& factory, const std::string& file, std::string_view kind,
                         std::span<const std::string_view> known) {
  auto text = ReadInput(file, factory.streams());
  if (!text) return std::move(text.error());
  const auto name = file == "-" ? std::string("standard input") : file;
  auto object = FromYaml(*text, name);
  if (!object) return object;
  if (!object->is_object()) {
    return Fail(Errc::kInvalidArgument, name + " does not hold an object.");
  }
  std::string given = object->Text("kind");
  std::ranges::transform(given, given.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (!given.empty() && given != kind) {
    return Fail(Errc::kInvalidArgument,
                name + " holds a " + given + " where a " + std::string(kind) + " should be.");
  }
  object->Remove("apiVersion");
  object->Remove("kind");
  for (const auto& [key, value] : object->members()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    auto detail = name + ": `" + key + "` is not a member of a " + std::string(kind) + ".";
    const auto near = Nearest(key, {known.begin(), known.end()});
    if (!near.empty()) detail += " Did you mean `" + near + "`?";
    return Fail(Errc::kInvalidArgument, std::move(detail));
  }
  return object;
}

Value JsonOrText(const std::string& text) {
  auto parsed = Value::Parse(text);
  return parsed ? std::move(*parsed) : Value{text};
}

}  // namespace notify::cli
