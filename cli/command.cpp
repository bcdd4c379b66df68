#include "cli/command.hpp"

#include <algorithm>

namespace notify::cli {

std::string OptionSpec::LongName() const {
  const auto at = names.find("--");
  if (at == std::string::npos) return names;
  return names.substr(at, names.find(',', at) - at);
}

Command& Command::Add(std::string name, std::string summary, std::vector<std::string> aliases) {
  auto& child = children_.emplace_back(std::move(name), std::move(summary));
  child.aliases_ = std::move(aliases);
  child.parent_ = this;
  return child;
}

Command& Command::Describe(std::string text) {
  description_ = std::move(text);
  return *this;
}

Command& Command::Example(std::string line, std::string what) {
  examples_.push_back({std::move(line), std::move(what)});
  return *this;
}

Command& Command::Hide() {
  hidden_ = true;
  return *this;
}

OptionSpec& Command::Flag(std::string names, bool& target, std::string help) {
  OptionSpec spec{.names = std::move(names), .value = {}, .help = std::move(help)};
  spec.assign = [&target](const std::vector<std::string>&) {
    target = true;
    return std::string{};
  };
  return Push(std::move(spec));
}

OptionSpec& Command::Push(OptionSpec spec) { return options_.emplace_back(std::move(spec)); }

std::string Command::Path() const {
  return parent_ == nullptr ? name_ : parent_->Path() + " " + name_;
}

const Command* Command::FindChild(std::string_view word) const {
  for (const auto& child : children_) {
    if (child.name_ == word || std::ranges::find(child.aliases_, word) != child.aliases_.end()) {
      return &child;
    }
  }
  return nullptr;
}

}  // namespace notify::cli
