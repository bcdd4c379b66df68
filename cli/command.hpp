#pragma once

#include <charconv>
#include <concepts>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"

namespace notify::cli {

/// What stands between parsing and acting: tests pass their own to see the options.
template <typename Options>
using RunHook = std::function<Status(const Options&)>;

/// One flag, option or argument, as data: parsing, help, man pages and completions read it.
struct OptionSpec {
  std::string names;                 ///< "-f,--file"; for an argument its placeholder, "ID".
  std::string value;                 ///< What the help calls the value: "FILE"; empty for a flag.
  std::string help;                  ///< One line, with the default where there is one.
  std::vector<std::string> choices;  ///< The values allowed; empty: any.
  bool argument = false;             ///< By place, not by name.
  bool required = false;
  bool repeated = false;
  /// Stores what was given; says in one sentence what is wrong with it, or nothing.
  std::function<std::string(const std::vector<std::string>&)> assign;

  OptionSpec& Required() {
    required = true;
    return *this;
  }
  OptionSpec& OneOf(std::vector<std::string> allowed) {
    choices = std::move(allowed);
    return *this;
  }
  /// "--file" of "-f,--file".
  std::string LongName() const;
};

/// An example in the help: a line to type and what it does.
struct Example {
  std::string line;
  std::string what;
};

/// A noun or a verb of the command line. The tree of these is the one description that the parser,
/// the help, the man pages and the completions are made from.
///
/// Lifetime: children and options live as long as the root. Threads: one at a time.
class Command {
 public:
  Command(std::string name, std::string summary)
      : name_(std::move(name)), summary_(std::move(summary)) {}
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  Command(Command&&) = delete;
  Command& operator=(Command&&) = delete;
  ~Command() = default;

  /// A child. `aliases` are other words for it.
  Command& Add(std::string name, std::string summary, std::vector<std::string> aliases = {});
  /// Longer text below the summary; paragraphs are separated by an empty line.
  Command& Describe(std::string text);
  Command& Example(std::string line, std::string what);
  /// Left out of help, man pages and completions.
  Command& Hide();

  /// An argument by place; optional until `.Required()`. A vector takes all that follow.
  template <typename T>
  OptionSpec& Argument(std::string placeholder, T& target, std::string help);
  /// `names` as in "-f,--file". A vector may be given several times.
  template <typename T>
  OptionSpec& Option(std::string names, std::string value, T& target, std::string help);
  OptionSpec& Flag(std::string names, bool& target, std::string help);

  /// Keeps the options struct of this command alive as long as the command.
  template <typename Options>
  Options& Own(Options options) {
    auto owned = std::make_shared<Options>(std::move(options));
    owned_ = owned;
    return *owned;
  }
  /// What the command does with the options that Own gave.
  template <typename Options>
  Command& Runs(const Options& options, RunHook<Options> run) {
    run_ = [&options, run = std::move(run)] { return run(options); };
    return *this;
  }

  const std::string& name() const { return name_; }
  const std::string& summary() const { return summary_; }
  const std::string& description() const { return description_; }
  const std::vector<std::string>& aliases() const { return aliases_; }
  const std::vector<cli::Example>& examples() const { return examples_; }
  const std::list<OptionSpec>& options() const { return options_; }
  const std::list<Command>& children() const { return children_; }
  const Command* parent() const { return parent_; }
  bool hidden() const { return hidden_; }
  bool runnable() const { return static_cast<bool>(run_); }
  Status Run() const { return run_(); }

  /// "notifyctl tenant create".
  std::string Path() const;
  /// The child of that name or alias; null where there is none.
  const Command* FindChild(std::string_view word) const;

 private:
  OptionSpec& Push(OptionSpec spec);

  std::string name_;
  std::string summary_;
  std::string description_;
  std::vector<std::string> aliases_;
  std::vector<cli::Example> examples_;
  std::list<OptionSpec> options_;
  std::list<Command> children_;
  const Command* parent_ = nullptr;
  bool hidden_ = false;
  std::function<Status()> run_;
  // Shared only with the type-erased deleter: the options struct of this one command.
  std::shared_ptr<void> owned_;
};

namespace command_detail {

inline std::string Assign(std::string& target, const std::string& text) {
  target = text;
  return {};
}

template <typename T>
requires std::integral<T> || std::floating_point<T> std::string Assign(T& target,
                                                                       const std::string& text) {
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, target);
  if (parsed.ec == std::errc{} && parsed.ptr == end) return {};
  return "\"" + text + "\" is not a number that fits";
}

template <typename T>
std::string Assign(std::optional<T>& target, const std::string& text) {
  return Assign(target.emplace(), text);
}

template <typename T>
std::string AssignAll(T& target, const std::vector<std::string>& given) {
  return given.empty() ? std::string{} : Assign(target, given.back());
}

inline std::string AssignAll(std::vector<std::string>& target,
                             const std::vector<std::string>& given) {
  target = given;
  return {};
}

template <typename T>
inline constexpr bool kRepeats = std::same_as<T, std::vector<std::string>>;

}  // namespace command_detail

template <typename T>
OptionSpec& Command::Argument(std::string placeholder, T& target, std::string help) {
  OptionSpec spec{.names = placeholder, .value = placeholder, .help = std::move(help)};
  spec.argument = true;
  spec.repeated = command_detail::kRepeats<T>;
  spec.assign = [&target](const auto& given) { return command_detail::AssignAll(target, given); };
  return Push(std::move(spec));
}

template <typename T>
OptionSpec& Command::Option(std::string names, std::string value, T& target, std::string help) {
  OptionSpec spec{.names = std::move(names), .value = std::move(value), .help = std::move(help)};
  spec.repeated = command_detail::kRepeats<T>;
  spec.assign = [&target](const auto& given) { return command_detail::AssignAll(target, given); };
  return Push(std::move(spec));
}

}  // namespace notify::cli
