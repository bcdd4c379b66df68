#include "cli/reference/man_page.hpp"

#include <algorithm>
#include <cctype>

#include "cli/help.hpp"

namespace notify::cli::reference {
namespace {

// roff's own characters, and a dot or quote where a line begins.
std::string Roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    line_start = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Title(const std::string& name) {
  return ".\\\" Generated from the command tree by `notifyctl reference man`.\n.TH " + name +
         " 1 \"\" \"notifyctl " NOTIFY_VERSION "\" \"User Commands\"\n";
}

std::string Paragraphs(std::string text) {
  for (auto at = text.find("\n\n"); at != std::string::npos; at = text.find("\n\n", at)) {
    text.replace(at, 2, "\n.PP\n");
  }
  return text;
}

void AppendOptions(std::string& page, const Command& command, bool arguments) {
  for (const auto& option : command.options()) {
    if (option.argument != arguments) continue;
    auto names = option.names;
    if (const auto comma = names.find(','); comma != std::string::npos)
      names.insert(comma + 1, " ");
    page += ".TP\n.B " + Roff(names);
    if (!option.value.empty() && !arguments) page += " \\fI" + Roff(option.value) + "\\fR";
    page += "\n" + Roff(option.help) + ".";
    if (!option.choices.empty()) {
      page += " One of";
      for (std::size_t i = 0; i < option.choices.size(); ++i) {
        page += (i == 0 ? " " : ", ") + Roff(option.choices[i]);
      }
      page += ".";
    }
    if (option.required && !arguments) page += " Required.";
    page += "\n";
  }
}

void AppendExamples(std::string& page, const Command& command) {
  if (!command.examples().empty()) page += ".PP\nExamples:\n";
  for (const auto& example : command.examples()) {
    page +=
        ".PP\n" + Roff(example.what) + ":\n.PP\n.nf\n.RS\n" + Roff(example.line) + "\n.RE\n.fi\n";
  }
}

void AppendCommand(std::string& page, const Command& command) {
  page += ".SS \"" + Roff(UsageLine(command)) + "\"\n" + Roff(command.summary()) + ".\n";
  if (!command.description().empty()) {
    page += ".PP\n" + Paragraphs(Roff(command.description())) + "\n";
  }
  AppendOptions(page, command, true);
  AppendOptions(page, command, false);
  AppendExamples(page, command);
}

void AppendMarkdown(std::string& page, const Command& root, const Command& command) {
  if (command.hidden()) return;
  if (command.runnable()) {
    page += "\n## " + command.Path() + "\n\n```text\n";
    auto help = HelpText(root, command);
    const auto global = help.find("\nGlobal flags:");
    const auto examples = help.find("\nExamples:");
    if (global != std::string::npos) {
      help.erase(global, examples == std::string::npos ? std::string::npos : examples - global);
    }
    page += help + "```\n";
  }
  for (const auto& child : command.children()) AppendMarkdown(page, root, child);
}

constexpr std::string_view kFixedSections = R"(.SH "FINDING THE AGENT"
Flags win, then the environment, then the context in use, then the first of these that answers:
.IR /run/notifyd/notifyd.sock ,
.IR $XDG_RUNTIME_DIR/notifyd/notifyd.sock ,
.IR ./data/notifyd.sock ,
.IR http://127.0.0.1:7800 .
Over the Unix socket the agent trusts its own user and root, and no token is needed. A context's token is sent to that context's endpoint only.
.SH ENVIRONMENT
.TP
.B NOTIFYCTL_ENDPOINT
unix:PATH, http://HOST:PORT or https://HOST:PORT.
.TP
.B NOTIFYCTL_TOKEN
An API key or a token.
.TP
.B NOTIFYCTL_TENANT
The tenant that commands are about.
.TP
.B NOTIFYCTL_CONFIG
The file of the contexts.
.TP
.B NO_COLOR
No colour, also on a terminal.
.SH FILES
.TP
.I ~/.config/notifyctl/config.yaml
The contexts; readable by its owner only.
.SH OUTPUT
Data goes to standard output, everything else to standard error. A table is for people and may change; the fields of json, yaml and ndjson are stable. A list in json is {"items": [...], "next": cursor or null}. With \-o json an error is one object on standard error: {"error": {code, message, hint, correlationId, exitCode}}.
.SH "EXIT STATUS"
.TP
.B 0
done
.TP
.B 1
failed
.TP
.B 2
the command line is not right
.TP
.B 3
not found
.TP
.B 4
denied
.TP
.B 5
conflict
.TP
.B 6
rate limited, or a quota is used up
.TP
.B 7
the agent cannot be reached
.TP
.B 8
invalid input
.TP
.B 9
differences found
.TP
.B 130
interrupted
)";

}  // namespace

std::string MainPage(const Command& root) {
  auto page = Title("NOTIFYCTL");
  page += ".SH NAME\nnotifyctl \\- notifications for many tenants, live and kept\n";
  page += ".SH SYNOPSIS\n.B notifyctl\n.I command\n.RI [ flags ]\n.SH COMMANDS\n";
  std::string see;
  for (const auto& child : root.children()) {
    if (child.hidden()) continue;
    page += ".TP\n.B " + Roff(child.name()) + "\n" + Roff(child.summary()) + ".\n";
    see +=
        (see.empty() ? "" : ",\n") + std::string(".BR notifyctl\\-") + Roff(child.name()) + " (1)";
  }
  page += ".SH \"GLOBAL FLAGS\"\n";
  AppendOptions(page, root, false);
  page += kFixedSections;
  return page + ".SH \"SEE ALSO\"\n" + see + "\n";
}

std::string CommandPage(const Command&, const Command& command) {
  auto upper = "NOTIFYCTL-" + command.name();
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  auto page = Title(upper);
  page +=
      ".SH NAME\nnotifyctl\\-" + Roff(command.name()) + " \\- " + Roff(command.summary()) + "\n";
  page += ".SH SYNOPSIS\n";
  bool first = true;
  const auto usage = [&](const Command& each) {
    page += (first ? "" : ".br\n") + std::string(".B ") + Roff(UsageLine(each)) + "\n";
    first = false;
  };
  if (command.runnable()) usage(command);
  for (const auto& child : command.children()) {
    if (!child.hidden()) usage(child);
  }
  page += ".SH COMMANDS\n";
  if (command.runnable()) AppendCommand(page, command);
  for (const auto& child : command.children()) {
    if (!child.hidden()) AppendCommand(page, child);
  }
  return page + ".SH \"SEE ALSO\"\n.BR notifyctl (1)\n";
}

std::string MarkdownPage(const Command& root) {
  std::string page =
      "# The command line\n\nGenerated from the command tree by `notifyctl reference markdown`.\n\n"
      "Every command also takes:\n\n```text\n";
  const auto help = HelpText(root, root);
  page += help.substr(help.find("Global flags:"));
  page += "```\n";
  AppendMarkdown(page, root, root);
  return page;
}

}  // namespace notify::cli::reference
