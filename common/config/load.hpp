#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/agent_config.hpp"
#include "common/result.hpp"

namespace notify {

/// Where a value of the configuration came from.
struct ConfigOrigin {
  enum class Kind : std::uint8_t { kDefault, kFile, kEnvironment, kFlag };
  Kind kind = Kind::kDefault;
  std::string name;  ///< The file, the variable, or the flag.
  int line = 0;      ///< In the file.

  /// `default`, `notifyd.yaml:3`, `environment NOTIFYD_LISTEN`, `flag --listen`.
  std::string ToString() const;
};

/// The configuration with the origin of each value that is not a default.
struct LoadedConfig {
  AgentConfig config;
  std::map<std::string, ConfigOrigin, std::less<>> origins;  ///< By path, as in `http.max_batch`.

  /// Of any path; kDefault where nothing set it.
  ConfigOrigin OriginOf(std::string_view path) const;
};

/// Environment variables by name, all of the process's: those that do not begin with `NOTIFYD_` are
/// ignored, except STATE_DIRECTORY, the default of `data_dir`.
using EnvironmentMap = std::map<std::string, std::string>;
/// Values that the command line sets: path and value, as in `{"listen", "127.0.0.1:0"}`. A boolean
/// flag's value is `true`.
using ConfigFlags = std::vector<std::pair<std::string, std::string>>;

/// The environment of this process, as LoadConfig takes it.
EnvironmentMap ProcessEnvironment();

/// Reads the configuration: the defaults, over them the file, the environment, the flags; then
/// checks that the values fit together. `yaml_text` may be empty; `file_name` is for messages only.
/// Nothing is opened or looked up.
///
/// kInvalidConfig  every mistake is in `errors`, with the path as `pointer` and the line; `detail`
/// is
///                 the first of them, as in "unknown key 'listn' at notifyd.yaml:3; did you mean
///                 'listen'?". No secret is in a message: the configuration has none.
Result<LoadedConfig> LoadConfig(std::string_view yaml_text, std::string_view file_name,
                                const EnvironmentMap& environment, const ConfigFlags& flags = {});

/// For `--print-config`: every value with where it came from, a line each, `path: value  # origin`.
/// It is YAML that LoadConfig reads back as the same configuration.
std::string PrintConfig(const LoadedConfig& loaded);

/// `docs/configuration.md`: every key with its type, default and meaning.
std::string ConfigurationMarkdown();
/// The same as roff: notifyd.yaml(5).
std::string ConfigurationManPage();

}  // namespace notify
