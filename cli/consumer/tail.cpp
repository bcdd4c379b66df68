#include "cli/consumer/tail.hpp"

#include <algorithm>
#include <chrono>

#include "cli/client/api_client.hpp"
#include "cli/consumer/position.hpp"
#include "cli/interrupts.hpp"

namespace notify::cli::consumer {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMostAtOnce = 100;
constexpr std::int64_t kWaitMs = 20'000;
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{5'000};

bool MayPass(const Error& error) {
  return error.code == Errc::kAgentUnreachable || error.code == Errc::kTimeout ||
         Describe(error.code).retryable;
}

std::string LineOf(const Value& event, bool machine_readable) {
  if (machine_readable) return event.Compact() + "\n";
  const auto* data = event.Find("data");
  return event.Text("recordedtime") + "  " + event.Text("sequence") + "  " + event.Text("type") +
         (event.IsTrue("redelivered") ? "  (again)  " : "  ") +
         (data == nullptr ? std::string() : data->Compact()) + "\n";
}

/// One round: take, print, acknowledge. How many were printed.
Result<std::int64_t> Round(Factory& factory, client::ApiClient& client, const std::string& name,
                           std::int64_t most, bool machine_readable) {
  auto body = Value::Object();
  body.Set("max", most).Set("waitMs", kWaitMs);
  const auto fetched =
      client.Call({.operation = "fetchConsumer", .path = {{"id", name}}, .body = body.Compact()});
  if (!fetched) return fetched.error();
  const auto gap = GapText(*fetched);
  if (!gap.empty()) factory.streams().Err(gap + "\n");
  const auto* items = fetched->Find("items");
  if (items == nullptr) return Fail(Errc::kInternal, "The agent's answer has no items.");
  for (const auto& event : items->items()) {
    factory.streams().Out(LineOf(event, machine_readable));
  }
  if (items->items().empty() && gap.empty()) return 0;
  if (auto flushed = factory.streams().Flush(); !flushed) return flushed.error();
  const auto acknowledged = client.Call({.operation = "ackConsumer",
                                         .path = {{"id", name}},
                                         .body = PositionBody(PositionText(*fetched, "position"))});
  if (!acknowledged) return acknowledged.error();
  return static_cast<std::int64_t>(items->items().size());
}

}  // namespace

Command& AddConsumerTail(Command& noun, Factory& factory, RunHook<ConsumerTailOptions> run) {
  auto& command = noun.Add("tail", "Follow a consumer and acknowledge what is printed", {"follow"});
  auto& options = command.Own(ConsumerTailOptions{.factory = &factory});
  command.Describe(
      "The position is the consumer's, kept in the agent: a tail that begins again, anywhere, goes "
      "on behind the last line that was printed. A line is printed twice only where the command "
      "is killed between printing and acknowledging.");
  command.Argument("NAME", options.name, "of the consumer").Required();
  command.Option("--limit", "N", options.limit, "stop after so many");
  command.Example("notifyctl consumer tail billing --tenant blue -o ndjson >> billing.log",
                  "into a file");
  return command.Runs(options, std::move(run));
}

Status RunConsumerTail(const ConsumerTailOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  std::int64_t printed = 0;
  bool ever_answered = false;
  auto pause = kFirstPause;
  while (!options.limit || printed < *options.limit) {
    const auto most = options.limit ? std::min(*options.limit - printed, kMostAtOnce) : kMostAtOnce;
    auto count = Round(factory, **client, options.name, most, printer->machine_readable());
    if (count) {
      printed += *count;
      ever_answered = true;
      pause = kFirstPause;
      continue;
    }
    if (!ever_answered || !MayPass(count.error())) return std::move(count.error());
    static_cast<void>(Interrupts::None().Wait(pause));
    pause = std::min(pause * 2, kLongestPause);
  }
  return {};
}

}  // namespace notify::cli::consumer
