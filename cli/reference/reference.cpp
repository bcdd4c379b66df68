#include "cli/reference/reference.hpp"

#include <cctype>
#include <filesystem>

#include "cli/files.hpp"
#include "cli/reference/completions.hpp"
#include "cli/reference/man_page.hpp"

namespace notify::cli::reference {
namespace {

constexpr unsigned kMode = 0644;

Status WriteManPages(const ReferenceOptions& options) {
  auto done =
      WriteFileAtomically(Join(options.folder, "notifyctl.1"), MainPage(*options.root), kMode);
  for (const auto& child : options.root->children()) {
    if (!done) return done;
    if (child.hidden()) continue;
    done = WriteFileAtomically(Join(options.folder, "notifyctl-" + child.name() + ".1"),
                               CommandPage(*options.root, child), kMode);
  }
  return done;
}

// Pages about what is no command lie in docs/man: notifyd.8 written by hand, notifyd.yaml.5
// generated.
Status CopyProsePages(const ReferenceOptions& options) {
  const auto folder = Join(options.factory->environment().working_folder(), "docs/man");
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
    const auto name = entry.path().filename().string();
    if (name.size() < 2 || name[name.size() - 2] != '.' || std::isdigit(name.back()) == 0) continue;
    const auto text = ReadFile(entry.path().string());
    if (!text) return text.error();
    auto done = WriteFileAtomically(Join(options.folder, name), *text, kMode);
    if (!done) return done;
  }
  return {};
}

Status WriteCompletions(const ReferenceOptions& options) {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    const auto script = CompletionScript(*options.root, shell);
    if (!script) return script.error();
    auto done = WriteFileAtomically(Join(options.folder, std::string("notifyctl.") + shell),
                                    *script, kMode);
    if (!done) return done;
  }
  return {};
}

}  // namespace

Command& AddReference(Command& root, Factory& factory, RunHook<ReferenceOptions> run) {
  auto& command = root.Add("reference", "Write man pages, completions or the Markdown reference");
  auto& options = command.Own(ReferenceOptions{.factory = &factory, .root = &root});
  command.Hide();
  command.Argument("WHAT", options.what, "man, completions or markdown")
      .Required()
      .OneOf({"man", "completions", "markdown"});
  command.Argument("DIR", options.folder, "to write to; - is standard output").Required();
  command.Example("notifyctl reference man man", "refresh the committed pages");
  return command.Runs(options, std::move(run));
}

Status RunReference(const ReferenceOptions& options) {
  if (options.folder == "-") {
    if (options.what != "markdown")
      return Fail(Errc::kUsage, "Only the Markdown page is one file.");
    options.factory->streams().Out(MarkdownPage(*options.root));
    return {};
  }
  auto made = MakeFolders(options.folder, 0755);
  if (!made) return made;
  if (options.what == "man") {
    auto done = WriteManPages(options);
    return done ? CopyProsePages(options) : done;
  }
  if (options.what == "completions") return WriteCompletions(options);
  return WriteFileAtomically(Join(options.folder, "notifyctl.md"), MarkdownPage(*options.root),
                             kMode);
}

Command& AddCompletion(Command& root, Factory& factory, RunHook<CompletionOptions> run) {
  auto& command = root.Add("completion", "Print the completion script of a shell");
  auto& options = command.Own(CompletionOptions{.factory = &factory, .root = &root});
  command.Argument("SHELL", options.shell, "bash, zsh or fish")
      .Required()
      .OneOf({"bash", "zsh", "fish"});
  command.Example("source <(notifyctl completion bash)", "in this shell");
  command.Example("notifyctl completion zsh > ~/.zfunc/_notifyctl", "for zsh, at each start");
  command.Example("notifyctl completion fish > ~/.config/fish/completions/notifyctl.fish",
                  "for fish, at each start");
  return command.Runs(options, std::move(run));
}

Status RunCompletion(const CompletionOptions& options) {
  const auto script = CompletionScript(*options.root, options.shell);
  if (!script) return script.error();
  options.factory->streams().Out(*script);
  return {};
}

}  // namespace notify::cli::reference
