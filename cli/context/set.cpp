#include "cli/context/set.hpp"

namespace notify::cli::context {
namespace {

void Replace(std::string& member, const std::string& given) {
  if (!given.empty()) member = given;
}

Status CheckName(const std::string& name) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  if (!name.empty() && name.find_first_not_of(kAllowed) == std::string::npos) return {};
  return Fail(Errc::kUsage, "A context's name is of letters, digits, `-`, `_` and `.`.");
}

}  // namespace

Command& AddContextSet(Command& noun, Factory& factory, RunHook<ContextSetOptions> run) {
  auto& command = noun.Add("set", "Remember an endpoint, token and tenant under a name");
  auto& options = command.Own(ContextSetOptions{.factory = &factory});
  command.Describe(
      "Takes --endpoint, --token and --tenant; what is not given stays as it was. The token is "
      "kept in a file that only you can read, and goes to this endpoint only.");
  command.Argument("NAME", options.name, "of the context").Required();
  command.Flag("--use", options.use, "use it from now on (the first one is, anyway)");
  command.Example("notifyctl context set local --endpoint unix:./data/notifyd.sock --tenant blue",
                  "an agent on this machine");
  command.Example(
      "notifyctl context set prod --endpoint https://notify.example.com --token - --use",
      "a token from standard input, out of the shell's history");
  return command.Runs(options, std::move(run));
}

Status RunContextSet(const ContextSetOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto given = factory.globals().agent;
  auto named = CheckName(options.name);
  if (!named) return named;
  if (!given.endpoint.empty()) {
    const auto parsed = client::Endpoint::Parse(given.endpoint);
    if (!parsed) return parsed.error();
  }
  if (given.token == "-" && !factory.streams().ReadLine(given.token)) {
    return Fail(Errc::kUsage, "Standard input has no token.");
  }
  const auto path = factory.ContextsPath();
  auto contexts = client::LoadContexts(path);
  if (!contexts) return std::move(contexts.error());
  auto* context = contexts->Find(options.name);
  if (context == nullptr) context = &contexts->saved.emplace_back(options.name, "", "", "");
  Replace(context->endpoint, given.endpoint);
  Replace(context->token, given.token);
  Replace(context->tenant, given.tenant);
  if (options.use || contexts->current.empty()) contexts->current = options.name;
  auto saved = client::SaveContexts(path, *contexts);
  if (!saved) return saved;
  printer->Note("Context " + options.name + " is kept in " + path +
                (contexts->current == options.name ? " and in use." : "."));
  return {};
}

}  // namespace notify::cli::context
