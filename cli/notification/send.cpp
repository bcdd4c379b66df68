#include "cli/notification/send.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::notification {
namespace {

constexpr std::array<output::Column, 3> kLines = {
    {{"ID", "id"}, {"EPOCH", "event.epoch"}, {"SEQUENCE", "event.sequence"}}};

}  // namespace

Command& AddNotificationSend(Command& noun, Factory& factory,
                             RunHook<NotificationSendOptions> run) {
  auto& command = noun.Add("send", "Send a notification from a template", {"create"});
  auto& options = command.Own(NotificationSendOptions{.factory = &factory});
  AddMessage(command, options.message);
  command.Option("--idempotency-key", "KEY", options.idempotency_key, "safe to repeat under it");
  command.Flag("--dry-run", options.dry_run,
               "show recipient, template, channel and rendered text; send nothing");
  command.Example(
      "notifyctl notification send --tenant blue --template welcome --user alice "
      "--data '{\"name\": \"Alice\"}' --dry-run",
      "see it first");
  command.Example("notifyctl notification send --tenant blue -f notice.yaml --everyone",
                  "to everybody");
  return command.Runs(options, std::move(run));
}

Status RunNotificationSend(const NotificationSendOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto body = MessageBody(factory, options.message);
  if (!body) return std::move(body.error());
  if (options.dry_run) body->Set("dryRun", true);
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  client::Request request{.operation = "sendNotification", .body = body->Compact()};
  if (!options.idempotency_key.empty()) {
    request.headers.emplace_back("Idempotency-Key", options.idempotency_key);
  }
  const auto answer = (*client)->Call(request);
  if (!answer) return answer.error();
  if (options.dry_run) {
    PrintRendered(factory, *printer, *answer);
  } else {
    printer->Object(*answer, kLines, "id");
  }
  return {};
}

}  // namespace notify::cli::notification
