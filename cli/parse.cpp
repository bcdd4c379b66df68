// The only file that knows CLI11: it builds the library's parser for the one command that is asked
// for, so that a start pays for one command and not for the whole tree.
#include "cli/parse.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/nearest.hpp"

namespace notify::cli {
namespace {

using Words = std::vector<std::string>;

bool IsHelp(const std::string& word) { return word == "-h" || word == "--help"; }

// Options of the root that take a value may stand before the noun.
bool TakesValue(const Command& root, const std::string& word) {
  for (const auto& option : root.options()) {
    if (option.value.empty()) continue;
    const auto comma = option.names.find(',');
    if (word == option.LongName() || word == option.names.substr(0, comma)) return true;
  }
  return false;
}

struct Target {
  const Command* command;
  Words rest;       // What is left for the command itself.
  std::string bad;  // A word where a verb should be.
};

Target FindTarget(const Command& root, const Words& words) {
  Target target{&root, {}, {}};
  bool descending = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (!descending || word.starts_with('-')) {
      if (word == "--") descending = false;
      target.rest.push_back(word);
      if (descending && TakesValue(root, word) && i + 1 < words.size()) {
        target.rest.push_back(words[++i]);
      }
      continue;
    }
    if (target.command == &root && word == "help") {
      target.rest.emplace_back("--help");
      continue;
    }
    if (const auto* child = target.command->FindChild(word)) {
      target.command = child;
      descending = !child->children().empty();
      continue;
    }
    if (!target.command->runnable()) {
      target.bad = word;
      return target;
    }
    descending = false;
    target.rest.push_back(word);
  }
  return target;
}

Words KnownWords(const Command& command) {
  Words known;
  for (const auto& child : command.children()) {
    if (!child.hidden()) known.push_back(child.name());
  }
  return known;
}

Words KnownFlags(const Command& root, const Command& command) {
  Words known = {"--help"};
  for (const auto* level : {&command, &root}) {
    for (const auto& option : level->options()) {
      if (!option.argument) known.push_back(option.LongName());
    }
  }
  return known;
}

Error Usage(const Command& command, std::string detail) {
  return Fail(Errc::kUsage, std::move(detail), command.Path() + " --help");
}

Error UnknownWord(const Command& command, const std::string& word) {
  auto detail = "`" + command.Path() + "` knows no `" + word + "`.";
  if (const auto near = Nearest(word, KnownWords(command)); !near.empty()) {
    detail += " Did you mean `" + near + "`?";
  }
  return Usage(command, std::move(detail));
}

std::string CheckChoice(const OptionSpec& spec, const Words& given) {
  if (spec.choices.empty()) return {};
  for (const auto& word : given) {
    if (std::ranges::find(spec.choices, word) != spec.choices.end()) continue;
    std::string all;
    for (const auto& choice : spec.choices) all += (all.empty() ? "" : ", ") + choice;
    return "\"" + word + "\" is not one of " + all;
  }
  return {};
}

struct Bound {
  const OptionSpec* spec;
  CLI::Option* option;
};

CLI::Option* Bind(CLI::App& app, const OptionSpec& spec) {
  // CLI11 tells arguments from options by the dashes and wants names that begin with a letter.
  auto* option = spec.value.empty() ? app.add_flag(spec.names) : app.add_option(spec.names);
  if (spec.value.empty()) return option;
  option->type_size(1);
  if (spec.repeated) {
    option->expected(spec.argument ? -1 : 1);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  } else {
    option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  option->allow_extra_args(spec.repeated && spec.argument);
  return option;
}

Status Assign(const Command& command, const std::vector<Bound>& bound) {
  for (const auto& [spec, option] : bound) {
    const auto name = spec->argument ? spec->names : spec->LongName();
    if (option->count() == 0) {
      if (spec->required) return Usage(command, "`" + command.Path() + "` needs " + name + ".");
      continue;
    }
    const Words given = spec->value.empty() ? Words{} : option->results();
    auto wrong = CheckChoice(*spec, given);
    if (wrong.empty()) wrong = spec->assign(given);
    if (!wrong.empty()) return Usage(command, name + ": " + wrong + ".");
  }
  return {};
}

Error Explain(const Command& root, const Command& command, const CLI::App& app,
              const CLI::ParseError& error) {
  const auto extras = app.remaining();
  if (!extras.empty()) {
    const auto flag = extras.front().substr(0, extras.front().find('='));
    auto detail = "`" + command.Path() + "` does not take " + flag + ".";
    const auto near = flag.starts_with("--") ? Nearest(flag, KnownFlags(root, command)) : "";
    if (!near.empty()) detail += " Did you mean " + near + "?";
    return Usage(command, std::move(detail));
  }
  return Usage(command, std::string(error.what()) + ".");
}

Status ParseOptions(const Command& root, const Command& command, Words words) {
  CLI::App app;
  app.set_help_flag();
  std::vector<Bound> bound;
  for (const auto* level : {&command, &root}) {
    if (level == &root && &command == &root && !bound.empty()) continue;
    for (const auto& spec : level->options()) bound.push_back({&spec, Bind(app, spec)});
  }
  std::ranges::reverse(words);
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return Explain(root, command, app, error);
  }
  return Assign(command, bound);
}

}  // namespace

Result<Parsed> Parse(const Command& root, const std::vector<std::string>& words) {
  auto target = FindTarget(root, words);
  const auto literal = std::ranges::find(target.rest, "--");
  if (std::any_of(target.rest.begin(), literal, IsHelp)) {
    if (!target.bad.empty()) return UnknownWord(*target.command, target.bad);
    return Parsed{target.command, true};
  }
  if (!target.bad.empty()) return UnknownWord(*target.command, target.bad);
  auto parsed = ParseOptions(root, *target.command, std::move(target.rest));
  if (!parsed) return std::move(parsed.error());
  if (target.command->runnable()) return Parsed{target.command, false};
  if (target.command == &root) return Parsed{&root, true};
  return Usage(
      *target.command, "`" + target.command->Path() + "` needs a verb: one of " + [&] {
        std::string all;
        for (const auto& word : KnownWords(*target.command))
          all += (all.empty() ? "" : ", ") + word;
        return all;
      }() + ".");
}

}  // namespace notify::cli
