#include "cli/help.hpp"

#include <algorithm>

namespace notify::cli {
namespace {

constexpr std::size_t kWidest = 28;

struct Row {
  std::string left;
  std::string right;
};

std::string Rows(const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const auto& row : rows) {
    if (row.left.size() <= kWidest) width = std::max(width, row.left.size());
  }
  std::string text;
  for (const auto& row : rows) {
    text += "  " + row.left;
    if (row.left.size() > width) {
      text += "\n" + std::string(width + 4, ' ');
    } else {
      text += std::string(width - row.left.size() + 2, ' ');
    }
    text += row.right + "\n";
  }
  return text;
}

Row OptionRow(const OptionSpec& option) {
  auto left = option.names;
  const auto comma = left.find(',');
  if (comma != std::string::npos) left.insert(comma + 1, " ");
  if (!option.argument && comma == std::string::npos) left.insert(0, "    ");
  if (!option.value.empty() && !option.argument) left += " " + option.value;
  auto right = option.help;
  if (!option.choices.empty()) {
    right += " (";
    for (std::size_t i = 0; i < option.choices.size(); ++i) {
      right += (i == 0 ? "" : "|") + option.choices[i];
    }
    right += ")";
  }
  if (option.required && !option.argument) right += " [required]";
  return {std::move(left), std::move(right)};
}

std::string Options(const Command& command, bool arguments, const std::string& title) {
  std::vector<Row> rows;
  for (const auto& option : command.options()) {
    if (option.argument == arguments) rows.push_back(OptionRow(option));
  }
  return rows.empty() ? std::string{} : "\n" + title + ":\n" + Rows(rows);
}

std::string Children(const Command& command) {
  std::vector<Row> rows;
  for (const auto& child : command.children()) {
    if (!child.hidden()) rows.push_back({child.name(), child.summary()});
  }
  return rows.empty() ? std::string{} : "\nCommands:\n" + Rows(rows);
}

}  // namespace

std::string UsageLine(const Command& command) {
  auto line = command.Path();
  if (!command.runnable()) line += " COMMAND";
  for (const auto& option : command.options()) {
    if (!option.argument) continue;
    const auto name = option.names + (option.repeated ? "..." : "");
    line += option.required ? " " + name : " [" + name + "]";
  }
  return line + " [flags]";
}

std::string HelpText(const Command& root, const Command& command) {
  std::string text = command.summary() + ".\n";
  if (!command.description().empty()) text += "\n" + command.description() + "\n";
  text += "\nUsage:\n  " + UsageLine(command) + "\n";
  if (!command.aliases().empty()) {
    text += "\nAliases:\n  " + command.name();
    for (const auto& alias : command.aliases()) text += ", " + alias;
    text += "\n";
  }
  text += Children(command);
  text += Options(command, true, "Arguments");
  if (&command != &root) text += Options(command, false, "Flags");
  text += Options(root, false, "Global flags");
  if (!command.examples().empty()) {
    text += "\nExamples:\n";
    for (const auto& example : command.examples()) {
      text += "  # " + example.what + "\n  " + example.line + "\n";
    }
  }
  return text;
}

}  // namespace notify::cli
