#include "cli/metric/query.hpp"

#include <algorithm>

#include "cli/output/table.hpp"

namespace notify::cli::metric {
namespace {

// The rows say which labels they have; `value` goes last.
void PrintRows(Factory& factory, output::Printer& printer, const Value& answer) {
  const auto* rows = answer.Find("rows");
  if (rows == nullptr || rows->items().empty()) {
    printer.Note("Nothing was counted in this time.");
    return;
  }
  std::vector<std::string> labels;
  for (const auto& [label, value] : rows->items().front().members()) {
    if (label != "value") labels.push_back(label);
  }
  labels.emplace_back("value");
  auto titles = labels;
  for (auto& title : titles) {
    std::ranges::transform(title, title.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
  }
  output::Table table(std::move(titles));
  for (const auto& row : rows->items()) {
    std::vector<std::string> cells;
    for (const auto& label : labels) cells.push_back(row.Text(label));
    table.Add(std::move(cells));
  }
  auto& streams = factory.streams();
  streams.Out(table.Render(0, streams.colour()));
}

}  // namespace

Command& AddMetricQuery(Command& noun, Factory& factory, RunHook<MetricQueryOptions> run) {
  auto& command = noun.Add("query", "Count events, notifications or deliveries");
  auto& options = command.Own(MetricQueryOptions{.factory = &factory});
  command.Describe(
      "Metrics: events (what entered the log), notifications (created; also by "
      "channel), deliveries (also by status).");
  command.Argument("NAME", options.metric, "of the metric").Required();
  command.Option(
      "--by", "LABELS", options.by,
      "default: tenant,type; tenant,channel and tenant,status where the metric has them");
  command.Option("--since,--from", "TIME", options.since, "from RFC 3339 or back from now: 1h");
  command.Option("--until,--to", "TIME", options.until, "up to, exclusive");
  command.Example("notifyctl metric query events --by tenant,type --since 1h", "of all tenants");
  command.Example("notifyctl metric query deliveries --tenant blue --by status -o json",
                  "of one tenant, for a script");
  return command.Runs(options, std::move(run));
}

namespace {

/// What each metric is counted by, beside the tenant.
std::string UsualLabels(std::string_view metric) {
  if (metric == "notifications") return "tenant,channel";
  return metric == "deliveries" ? "tenant,status" : "tenant,type";
}

}  // namespace

Status RunMetricQuery(const MetricQueryOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  client::Request request{.operation = "queryMetrics"};
  request.With("metric", options.metric)
      .With("by", options.by.empty() ? UsualLabels(options.metric) : options.by)
      .With("since", options.since)
      .With("until", options.until);
  const auto answer = (*client)->Call(request);
  if (!answer) return answer.error();
  if (!printer->machine_readable()) {
    PrintRows(factory, *printer, *answer);
  } else if (printer->format() == output::Format::kNdjson) {
    const auto* rows = answer->Find("rows");
    for (const auto& row : rows == nullptr ? std::vector<Value>{} : rows->items()) {
      printer->Object(row, {}, "value");
    }
  } else {
    printer->Object(*answer, {}, "metric");
  }
  return {};
}

}  // namespace notify::cli::metric
