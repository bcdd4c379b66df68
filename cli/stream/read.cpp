#include "cli/stream/read.hpp"

#include <array>

namespace notify::cli::stream {
namespace {

constexpr std::array<output::Column, 7> kColumns = {{{"VERSION", "streamversion"},
                                                     {"TYPE", "type"},
                                                     {"ID", "id"},
                                                     {"RECORDED", "recordedtime"},
                                                     {"DATA", "data"},
                                                     {"SEQUENCE", "sequence", true},
                                                     {"SUBJECT", "subject", true}}};

/// What the first page says besides its events: version and snapshot.
Result<Value> ReadPage(client::ApiClient& client, const StreamReadOptions& options) {
  client::Request request{.operation = "readStream", .path = {{"stream", options.stream}}};
  if (options.from_version) request.With("fromVersion", std::to_string(*options.from_version));
  if (options.raw) request.With("raw", "true");
  if (!options.from_snapshot) return FetchList(client, request, options.window);
  if (options.window.limit < 1) return Fail(Errc::kUsage, "--limit must be at least 1.");
  // The snapshot comes with the first page only, and the events behind it with the others.
  constexpr std::int64_t kLargestPage = 1'000;
  client::Request first = request;
  first.With("fromSnapshot", "true");
  first.With("limit", std::to_string(std::min(options.window.limit, kLargestPage)));
  auto page = client.Call(first);
  if (!page) return page;
  const Value* items = page->Find("items");
  const auto got =
      items == nullptr ? std::int64_t{0} : static_cast<std::int64_t>(items->items().size());
  const Value* next = page->Find("next");
  if (next == nullptr || next->is_null() || got >= options.window.limit) return page;
  auto rest = FetchList(client, request, {options.window.limit - got, next->Text()});
  if (!rest) return rest;
  Value all = *items;
  for (const Value& item : rest->Find("items")->items()) all.Add(item);
  page->Set("items", std::move(all)).Set("next", *rest->Find("next"));
  return page;
}

}  // namespace

Command& AddStreamRead(Command& noun, Factory& factory, RunHook<StreamReadOptions> run) {
  auto& command = noun.Add("read", "Read the events of a stream, by version", {"events"});
  auto& options = command.Own(StreamReadOptions{.factory = &factory});
  command.Describe(
      "From the first event, from a version, or from the latest snapshot on. Where events of that "
      "range are not in the log any more it fails, exit code 1: a state that is computed from part "
      "of its events would be wrong.");
  command.Argument("NAME", options.stream, "of the stream").Required();
  command.Option("--from-version", "N", options.from_version, "the first version wanted");
  command.Flag("--from-snapshot", options.from_snapshot,
               "the snapshot (-o json: `snapshot`) and the events behind it");
  command.Flag("--raw", options.raw, "as they are stored, not lifted by upcasters");
  AddListWindow(command, options.window);
  command.Example("notifyctl stream read order-7 --tenant blue -o ndjson", "one event a line");
  command.Example("notifyctl stream read order-7 --from-version 40", "what is new since 39");
  command.Example("notifyctl stream read order-7 --from-snapshot --limit 10000 -o json",
                  "all that its state is computed from");
  return command.Runs(options, std::move(run));
}

Status RunStreamRead(const StreamReadOptions& options) {
  if (options.from_snapshot && (options.from_version || !options.window.cursor.empty())) {
    return Fail(Errc::kUsage, "--from-snapshot excludes --from-version and --cursor.");
  }
  Factory& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  auto page = ReadPage(**client, options);
  if (!page) return std::move(page.error());
  if (const Value* snapshot = page->Find("snapshot"); snapshot != nullptr && !snapshot->is_null()) {
    printer->Note("The snapshot is of version " + snapshot->Find("version")->Compact() + ".");
  }
  if (printer->format() == output::Format::kJson || printer->format() == output::Format::kYaml) {
    printer->Object(*page, kColumns, "stream");
    return {};
  }
  printer->List(*page, kColumns, "id", "There are no events from there on.");
  return {};
}

}  // namespace notify::cli::stream
