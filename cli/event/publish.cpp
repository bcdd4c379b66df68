#include "cli/event/publish.hpp"

#include <array>

#include "cli/calls.hpp"
#include "cli/files.hpp"
#include "cli/yaml.hpp"

namespace notify::cli::event {
namespace {

constexpr std::array<output::Column, 6> kLines = {{{"ID", "id"},
                                                   {"EPOCH", "epoch"},
                                                   {"SEQUENCE", "sequence"},
                                                   {"DUPLICATE", "duplicate"},
                                                   {"STATUS", "status"},
                                                   {"SCHEDULED", "scheduledAt"}}};

Status Schedule(const EventPublishOptions& options, Value& event) {
  if (options.when.empty()) return {};
  const auto at = ResolveWhen(options.when, options.factory->clock().WallNow());
  if (!at) return at.error();
  event.SetText("scheduledat", *at);
  return {};
}

Result<Value> ReadEvent(const EventPublishOptions& options) {
  if (options.file.empty()) return Value::Object();
  auto text = ReadInput(options.file, options.factory->streams());
  if (!text) return std::move(text.error());
  auto event = FromYaml(*text, options.file == "-" ? "standard input" : options.file);
  if (event && !event->is_object()) {
    return Fail(Errc::kInvalidEvent, "The file does not hold one event.",
                "an event is an object with `type` and `data`");
  }
  return event;
}

Result<Value> EventOf(const EventPublishOptions& options) {
  auto event = ReadEvent(options);
  if (!event) return event;
  event->SetText("type", options.type)
      .SetText("id", options.id)
      .SetText("source", options.source)
      .SetText("subject", options.subject)
      .SetText("userid", options.userid)
      .SetText("topic", options.topic)
      .SetText("priority", options.priority)
      .SetText("stream", options.stream)
      .SetText("correlationid", options.correlation_id);
  if (!options.data.empty()) {
    auto data = Value::Parse(options.data);
    if (!data) {
      data.error().detail = "--data: " + data.error().detail;
      data.error().hint = "quote it for the shell: --data '{\"amount\": 5}'";
      return data;
    }
    event->Set("data", std::move(*data));
  }
  if (event->Text("type").empty()) {
    return Fail(Errc::kUsage, "An event needs a type.",
                "notifyctl event publish --type order.paid --data '{\"order\": 7}'");
  }
  if (auto scheduled = Schedule(options, *event); !scheduled) return scheduled.error();
  return event;
}

}  // namespace

Command& AddEventPublish(Command& noun, Factory& factory, RunHook<EventPublishOptions> run) {
  auto& command = noun.Add("publish", "Publish an event; returns when it is durable", {"send"});
  auto& options = command.Own(EventPublishOptions{.factory = &factory});
  command.Describe(
      "An event with an id that the log has is not stored twice: the answer is the "
      "first one's position, with duplicate true.\n\n"
      "With --at or --in the event is held until its time, and takes its place in the log then.");
  command.Option("--type", "TYPE", options.type, "for example payment.processed");
  command.Option("-d,--data", "JSON", options.data, "what happened");
  command.Option("-f,--file", "FILE", options.file,
                 "the event as JSON or YAML; - is standard input");
  command.Option("--subject", "TEXT", options.subject, "what it is about");
  command.Option("--id", "ID", options.id, "of the event (default: a new one)");
  command.Option("--source", "URI", options.source, "where it comes from (default /tenants/T)");
  command.Option("--userid", "USER", options.userid, "whom it is for");
  command.Option("--topic", "TOPIC", options.topic, "which topic's subscribers it reaches");
  command.Option("--priority", "LEVEL", options.priority, "of deliveries")
      .OneOf({"low", "medium", "high", "critical"});
  command.Option("--stream", "STREAM", options.stream, "the stream that it belongs to");
  command.Option("--correlation-id", "ID", options.correlation_id,
                 "kept with what follows from it");
  command.Option("--idempotency-key", "KEY", options.idempotency_key, "the duplicate key");
  command.Option("--expected-version", "N", options.expected_version,
                 "of the stream: a number, any or none");
  command.Option("--at", "TIME", options.when.at,
                 "send it then: RFC 3339, or local time of --tz: 2026-06-30T09:00");
  command.Option("--tz", "ZONE", options.when.zone, "of --at, for example Europe/Berlin");
  command.Option("--in", "DURATION", options.when.in, "send it so long from now: 10m");
  AddDryRun(command, options.dry_run);
  command.Example(
      "notifyctl event publish --tenant blue --type payment.processed "
      "--data '{\"amount\": \"12.50\", \"currency\": \"EUR\"}'",
      "one event");
  command.Example("notifyctl event publish --tenant blue -f event.json --idempotency-key job-7",
                  "from a file, safe to repeat");
  command.Example(
      "notifyctl event publish --tenant blue --type market.opened --at 2026-06-30T09:00 "
      "--tz Europe/Berlin",
      "held until then; event cancel ID takes it back");
  return command.Runs(options, std::move(run));
}

Status RunEventPublish(const EventPublishOptions& options) {
  const auto event = EventOf(options);
  if (!event) return event.error();
  client::Request request{.operation = "publishEvent", .body = event->Compact()};
  if (event->Find("specversion") != nullptr) {
    request.content_type = "application/cloudevents+json";
  }
  request.With("expectedVersion", options.expected_version);
  if (!options.idempotency_key.empty()) {
    request.headers.emplace_back("Idempotency-Key", options.idempotency_key);
  }
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = kLines});
}

}  // namespace notify::cli::event
