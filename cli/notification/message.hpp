#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::notification {

/// What to send to whom, from flags and from a file; flags win.
struct Message {
  std::string file;
  std::string template_id;
  std::vector<std::string> users;
  bool everyone = false;
  std::string webhook;
  std::string webhook_secret;
  std::vector<std::string> channels;
  std::string data;
  std::string priority;
};

/// Adds the flags that fill a message.
void AddMessage(Command& command, Message& message);

/// The body for the agent. kUsage without a template or an audience, or with two audiences;
/// kInvalidJson for data that is not JSON.
Result<Value> MessageBody(Factory& factory, const Message& message);

/// Prints what was rendered: for people recipient, template, channel and text of each.
void PrintRendered(Factory& factory, output::Printer& printer, const Value& answer);

}  // namespace notify::cli::notification
