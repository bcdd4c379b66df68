#include "cli/consumer/create.hpp"

#include <array>

#include "cli/calls.hpp"
#include "cli/consumer/columns.hpp"

namespace notify::cli::consumer {
namespace {

constexpr std::array<std::string_view, 9> kMembers = {"name",        "types",       "topics",
                                                      "after",       "maxInFlight", "ackTimeout",
                                                      "maxAttempts", "expireAfter", "holdFor"};

Value ListOf(const std::vector<std::string>& texts) {
  auto list = Value::Array();
  for (const auto& text : texts) list.Add(text);
  return list;
}

Result<Value> BodyOf(const ConsumerCreateOptions& options) {
  auto body = Value::Object();
  if (!options.file.empty()) {
    auto read = ReadObject(*options.factory, options.file, "consumer", kMembers);
    if (!read) return read;
    body = std::move(*read);
  }
  // What stands on the command line wins over the file.
  body.SetText("name", options.name);
  if (!options.types.empty()) body.Set("types", ListOf(options.types));
  if (!options.topics.empty()) body.Set("topics", ListOf(options.topics));
  body.SetText("after", options.after);
  if (options.max_in_flight) body.Set("maxInFlight", *options.max_in_flight);
  body.SetText("ackTimeout", options.ack_timeout);
  if (options.max_attempts) body.Set("maxAttempts", *options.max_attempts);
  body.SetText("expireAfter", options.expire_after);
  body.SetText("holdFor", options.hold_for);
  if (body.Text("name").empty()) {
    return Fail(Errc::kUsage, "Neither the command nor a file names the consumer.",
                "notifyctl consumer create NAME --type 'fx.*'");
  }
  return body;
}

}  // namespace

Command& AddConsumerCreate(Command& noun, Factory& factory, RunHook<ConsumerCreateOptions> run) {
  auto& command = noun.Add("create", "Create a durable consumer", {"new"});
  auto& options = command.Own(ConsumerCreateOptions{.factory = &factory});
  command.Describe(
      "A consumer keeps its position in the agent: each event that it asks for is handed out, in "
      "order, until it is acknowledged or, after --max-attempts, in the dead letters. It begins at "
      "the end of the log unless --after says where.");
  command.Argument("NAME", options.name, "letters, digits, dots, hyphens and underscores");
  command.Option("-f,--file", "FILE", options.file, "YAML or JSON; - is standard input");
  command.Option("--type", "TYPE", options.types, "only this type, or fx.* (repeatable)");
  command.Option("--topic", "TOPIC", options.topics, "only with this topic (repeatable)");
  command.Option("--after", "E-N", options.after, "begin behind this position (0: all)");
  command.Option("--max-in-flight", "N", options.max_in_flight,
                 "handed out and not acknowledged at once (default 256, at most 1000)");
  command.Option("--ack-timeout", "DURATION", options.ack_timeout,
                 "hand out again what is not acknowledged within (default 30s)");
  command.Option("--max-attempts", "N", options.max_attempts,
                 "then the event goes to the dead letters (default 8)");
  command.Option("--expire-after", "DURATION", options.expire_after,
                 "remove the consumer when nobody uses it so long (default never)");
  command.Option("--hold-for", "DURATION", options.hold_for,
                 "keep events for it beyond the tenant's retention so long (default 30d)");
  command.Flag("--if-not-exists", options.if_not_exists, "succeed where there is one already");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl consumer create billing --tenant blue --type 'payment.*' --after 0",
                  "all payments, from the beginning of the log");
  return command.Runs(options, std::move(run));
}

Status RunConsumerCreate(const ConsumerCreateOptions& options) {
  auto body = BodyOf(options);
  if (!body) return std::move(body.error());
  const client::Request request{.operation = "createConsumer", .body = body->Compact()};
  const Shown shown{.columns = ConsumerColumns(), .name_path = "name"};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  auto created = CallAndPrint(*options.factory, request, shown);
  if (created || created.error().code != Errc::kConflict || !options.if_not_exists) return created;
  return CallAndPrint(*options.factory,
                      {.operation = "getConsumer", .path = {{"id", body->Text("name")}}}, shown);
}

}  // namespace notify::cli::consumer
