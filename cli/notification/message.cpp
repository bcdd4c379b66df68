#include "cli/notification/message.hpp"

#include <array>

#include "cli/calls.hpp"
#include "cli/output/table.hpp"

namespace notify::cli::notification {
namespace {

constexpr std::array<std::string_view, 5> kMembers = {"template", "channels", "audience", "data",
                                                      "priority"};

Value ListOf(const std::vector<std::string>& texts) {
  auto list = Value::Array();
  for (const auto& text : texts) list.Add(text);
  return list;
}

Status SetAudience(Value& body, const Message& message) {
  const int given = (message.users.empty() ? 0 : 1) + (message.everyone ? 1 : 0) +
                    (message.webhook.empty() ? 0 : 1);
  if (given > 1) {
    return Fail(Errc::kUsage, "Give one of --user, --everyone and --webhook.");
  }
  auto audience = Value::Object();
  if (message.users.size() == 1) audience.Set("user", message.users.front());
  if (message.users.size() > 1) audience.Set("users", ListOf(message.users));
  if (message.everyone) audience.Set("tenant", true);
  if (!message.webhook.empty()) {
    auto webhook = Value::Object();
    webhook.Set("url", message.webhook).SetText("secret", message.webhook_secret);
    audience.Set("webhook", std::move(webhook));
  }
  if (given == 1) body.Set("audience", std::move(audience));
  if (body.Find("audience") == nullptr) {
    return Fail(Errc::kUsage, "To whom? Give --user, --everyone or --webhook.");
  }
  return {};
}

void PrintOne(Streams& streams, const Value& rendered) {
  const auto line = [&](std::string_view title, std::string_view member) {
    const auto text = rendered.Text(member);
    if (!text.empty()) streams.Out(std::string(title) + output::WithoutControls(text) + "\n");
  };
  line("RECIPIENT  ", "recipient");
  line("TEMPLATE   ", "template");
  line("CHANNEL    ", "channel");
  line("TITLE      ", "title");
  auto body = rendered.Text("body");
  if (body.empty()) body = rendered.Text("data");
  std::string shown = "  ";
  for (const char c : body) {
    if (c == '\n') {
      shown += "\n  ";
    } else {
      shown += output::WithoutControls(std::string(1, c));
    }
  }
  streams.Out(shown + "\n");
}

}  // namespace

void AddMessage(Command& command, Message& message) {
  command.Option("--template", "ID", message.template_id, "what to render");
  command.Option("--user", "USER", message.users, "to this user (repeatable)");
  command.Flag("--everyone", message.everyone, "to all users of the tenant");
  command.Option("--webhook", "URL", message.webhook, "to this address");
  command.Option("--webhook-secret", "SECRET", message.webhook_secret, "signs what goes there");
  command.Option("--channel", "CHANNEL", message.channels,
                 "in_app, webhook or log (repeatable; default: those of the template)");
  command.Option("-d,--data", "JSON", message.data, "for the template");
  command.Option("--priority", "LEVEL", message.priority, "of the deliveries")
      .OneOf({"low", "medium", "high", "critical"});
  command.Option("-f,--file", "FILE", message.file,
                 "template, channels, audience, data, priority; - is standard input");
}

Result<Value> MessageBody(Factory& factory, const Message& message) {
  auto body = Value::Object();
  if (!message.file.empty()) {
    auto read = ReadObject(factory, message.file, "notification", kMembers);
    if (!read) return read;
    body = std::move(*read);
  }
  body.SetText("template", message.template_id);
  if (body.Text("template").empty()) {
    return Fail(Errc::kUsage, "Which template? Give --template.", "notifyctl template list");
  }
  if (!message.channels.empty()) body.Set("channels", ListOf(message.channels));
  auto done = SetAudience(body, message);
  if (!done) return std::move(done.error());
  if (!message.data.empty()) {
    auto data = Value::Parse(message.data);
    if (!data) {
      data.error().detail = "--data: " + data.error().detail;
      return data;
    }
    body.Set("data", std::move(*data));
  }
  if (body.Find("data") == nullptr) body.Set("data", Value::Object());
  body.SetText("priority", message.priority);
  return body;
}

void PrintRendered(Factory& factory, output::Printer& printer, const Value& answer) {
  const auto* rendered = answer.Find("notifications");
  if (printer.machine_readable() || rendered == nullptr) {
    printer.Object(answer, {}, "id");
    return;
  }
  bool first = true;
  for (const auto& one : rendered->items()) {
    if (!std::exchange(first, false)) factory.streams().Out("\n");
    PrintOne(factory.streams(), one);
  }
  if (first) printer.Note("Nobody would get anything.");
}

}  // namespace notify::cli::notification
