#include "cli/connection/invoke.hpp"

#include <array>
#include <chrono>

#include "cli/calls.hpp"
#include "common/units.hpp"

namespace notify::cli::connection {
namespace {

constexpr std::array<output::Column, 1> kColumns = {{{"RESULT", "result"}}};

Result<client::Request> RequestFor(const ConnectionInvokeOptions& options) {
  auto arguments = Value::Array();
  for (const auto& each : options.arguments) arguments.Add(JsonOrText(each));
  auto body = Value::Object();
  body.Set("method", options.method).Set("arguments", std::move(arguments));
  if (!options.wait.empty()) {
    const auto wait = ParseDuration(options.wait);
    if (!wait) return wait.error();
    body.Set("timeoutMs", std::chrono::ceil<std::chrono::milliseconds>(*wait).count());
  }
  return client::Request{
      .operation = "invokeConnection", .path = {{"id", options.id}}, .body = body.Compact()};
}

}  // namespace

Command& AddConnectionInvoke(Command& noun, Factory& factory,
                             RunHook<ConnectionInvokeOptions> run) {
  auto& command =
      noun.Add("invoke", "Call a method of a client, and print what it returns", {"call"});
  auto& options = command.Own(ConnectionInvokeOptions{.factory = &factory});
  command.Describe(
      "The client's handler must return a value. An ARG that is JSON is sent as it is, another one "
      "as a text.");
  command.Argument("ID", options.id, "of the connection").Required();
  command.Argument("METHOD", options.method, "that the client listens to").Required();
  command.Argument("ARG", options.arguments, "its arguments");
  command.Option("--wait", "DURATION", options.wait, "for the answer (default 10s, at most 30s)");
  AddDryRun(command, options.dry_run);
  command.Example(
      "notifyctl connection invoke hZxV0zqFv3mZ9cXrAAb1Xw confirm '{\"order\":7}' -o json",
      "ask a client something");
  return command.Runs(options, std::move(run));
}

Status RunConnectionInvoke(const ConnectionInvokeOptions& options) {
  const auto request = RequestFor(options);
  if (!request) return request.error();
  if (options.dry_run) return PrintDryRun(*options.factory, *request);
  return CallAndPrint(*options.factory, *request, {.columns = kColumns, .name_path = "result"});
}

}  // namespace notify::cli::connection
