#include "cli/app.hpp"

#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "cli/output/error_text.hpp"
#include "cli/parse.hpp"

namespace notify::cli {
namespace {

void AddGlobalOptions(Command& root, GlobalOptions& globals) {
  root.Option("-o,--output", "FORMAT", globals.output,
              "table (default), wide, json, yaml, ndjson or name");
  root.Option("--endpoint", "URL", globals.agent.endpoint,
              "the agent: unix:PATH or http(s)://HOST:PORT");
  root.Option("--token", "TOKEN", globals.agent.token,
              "API key or token; a Unix socket needs none");
  root.Option("--tenant", "TENANT", globals.agent.tenant, "the tenant that the command is about");
  root.Option("--timeout", "SECONDS", globals.timeout_seconds, "wait for an answer (default 30)");
  root.Flag("--no-color", globals.no_colour, "no colour, also on a terminal");
}

// Words that did not parse have not set the format, and a script wants its error as JSON all the
// same.
bool WantsJson(const std::vector<std::string>& words, const GlobalOptions& globals) {
  auto format = globals.output;
  for (std::size_t i = 0; format.empty() && i < words.size(); ++i) {
    if ((words[i] == "-o" || words[i] == "--output") && i + 1 < words.size()) format = words[i + 1];
    if (words[i].starts_with("--output=")) format = words[i].substr(9);
    if (words[i].starts_with("-o") && words[i].size() > 2) format = words[i].substr(2);
  }
  return format == "json" || format == "ndjson";
}

Status Execute(const Command& root, Factory& factory, const std::vector<std::string>& words) {
  const auto parsed = Parse(root, words);
  if (!parsed) return parsed.error();
  if (parsed->help) {
    factory.streams().Out(HelpText(root, *parsed->command));
    return {};
  }
  if (const auto printer = factory.Printer(); !printer) return printer.error();
  return parsed->command->Run();
}

// The agent cannot know how this caller names a tenant or a credential.
void AddHint(Error& error) {
  if (!error.hint.empty()) return;
  if (error.code == Errc::kTenantRequired) {
    error.hint = "add --tenant T, or keep it: notifyctl context set NAME --tenant T";
  } else if (error.code == Errc::kUnauthenticated) {
    error.hint = "add --token KEY, set NOTIFYCTL_TOKEN, or use the agent's Unix socket";
  } else if (error.code == Errc::kTenantNotFound) {
    error.hint = "notifyctl tenant list";
  }
}

}  // namespace

int RunApp(Factory& factory, const std::vector<std::string>& words) {
  Command root("notifyctl", "Notifications for many tenants, live and kept");
  AddGlobalOptions(root, factory.globals());
  AddCommands(root, factory);
  auto done = Execute(root, factory, words);
  auto flushed = factory.streams().Flush();
  if (done && !flushed) done = std::move(flushed);
  if (done) return static_cast<int>(ExitCode::kDone);
  AddHint(done.error());
  // Whoever pressed ^C knows, unless there is a way to go on.
  if (done.error().code == Errc::kInterrupted && done.error().hint.empty()) {
    return static_cast<int>(ExitCode::kInterrupted);
  }
  auto& streams = factory.streams();
  const auto id = factory.correlation_id();
  streams.Err(
      WantsJson(words, factory.globals())
          ? output::ErrorJson(done.error(), id)
          : output::ErrorText(done.error(), id, streams.colour() && streams.err_is_terminal()));
  return static_cast<int>(ExitCodeOf(done.error().code));
}

}  // namespace notify::cli
