#include "cli/reference/reference.hpp"

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
  command.Argument("DIR", options.folder, "to write to").Required();
  command.Example("notifyctl reference man man", "refresh the committed pages");
  return command.Runs(options, std::move(run));
}

Status RunReference(const ReferenceOptions& options) {
  auto made = MakeFolders(options.folder, 0755);
  if (!made) return made;
  if (options.what == "man") return WriteManPages(options);
  if (options.what == "completions") return WriteCompletions(options);
  return WriteFileAtomically(Join(options.folder, "notifyctl.md"), MarkdownPage(*options.root),
                             kMode);
}

Command& AddCompletion(Command& root, Factory& factory, RunHook<CompletionOptions> run) {
  auto& command = root.Add("completion", "Print the completion script of a shell");
  auto& options = command.Own(CompletionOptions{.factory = &factory, .root = &root});
  command.Argument("SHELL", options.shell, "bash, zsh or fish").Required();
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
