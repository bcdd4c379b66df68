#pragma once

#include <map>
#include <string>
#include <string_view>

namespace notify::cli {

/// The environment variables and the working folder that a command sees, so that tests give it
/// others.
class Environment {
 public:
  using Variables = std::map<std::string, std::string, std::less<>>;

  Environment(Variables variables, std::string working_folder)
      : variables_(std::move(variables)), working_folder_(std::move(working_folder)) {}

  /// The variables that `notifyctl` reads, and the folder it was started in.
  static Environment System();

  /// The value; empty where it is not set.
  std::string Get(std::string_view name) const;

  const std::string& working_folder() const { return working_folder_; }

 private:
  Variables variables_;
  std::string working_folder_;
};

}  // namespace notify::cli
