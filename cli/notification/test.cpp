#include "cli/notification/test.hpp"

namespace notify::cli::notification {

Command& AddNotificationTest(Command& noun, Factory& factory,
                             RunHook<NotificationTestOptions> run) {
  auto& command = noun.Add("test", "Show a notification, or send it marked as a test");
  auto& options = command.Own(NotificationTestOptions{.factory = &factory});
  AddMessage(command, options.message);
  command.Flag("--send", options.send, "send it, with test: true");
  command.Example("notifyctl notification test --tenant blue --template welcome --user alice",
                  "rendered by the agent, sent to nobody");
  command.Example(
      "notifyctl notification test --tenant blue --template welcome "
      "--webhook https://example.com/hook --webhook-secret whsec_… --send",
      "does my webhook take it?");
  return command.Runs(options, std::move(run));
}

Status RunNotificationTest(const NotificationTestOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto body = MessageBody(factory, options.message);
  if (!body) return std::move(body.error());
  if (options.send) body->Set("send", true);
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  const auto answer = (*client)->Call({.operation = "testNotification", .body = body->Compact()});
  if (!answer) return answer.error();
  PrintRendered(factory, *printer, *answer);
  if (options.send) printer->Note("Sent, marked as a test.");
  return {};
}

}  // namespace notify::cli::notification
