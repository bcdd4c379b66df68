#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/load.hpp"
#include "common/config/yaml_tree.hpp"

namespace notify {

/// Collects what is wrong while one source (the file, a variable, a flag) is read.
class ConfigReader {
 public:
  /// `problems` must outlive the reader.
  ConfigReader(ConfigOrigin source, std::vector<FieldError>& problems)
      : source_(std::move(source)), problems_(problems) {}

  /// "'http.max_batch' at notifyd.yaml:3 must be …". `demand` begins with a verb.
  void Complain(std::string_view path, int line, std::string_view demand);
  /// "unknown key 'listn' at notifyd.yaml:3; did you mean 'listen'?"
  void UnknownKey(std::string_view path, int line, const std::optional<std::string>& nearest);

  const ConfigOrigin& source() const { return source_; }

 private:
  std::string At(int line) const;

  ConfigOrigin source_;
  std::vector<FieldError>& problems_;
};

/// One row of the schema: parsing, printing and the documentation all come from it.
template <typename T>
struct Field {
  std::string path;  ///< Relative to T, as in `http.max_batch`.
  std::string type;  ///< As the documentation writes it, with the range.
  std::string doc;   ///< One or two sentences.
  std::string flag;  ///< As in `--listen`; empty: none.
  bool required = false;
  /// Whether the value has rows of its own (a list of objects), so that only the file can set it.
  bool nested = false;
  /// Sets the value or complains. `path` is the full path for messages.
  std::function<bool(const YamlNode&, const std::string& path, T&, ConfigReader&)> parse;
  /// The value as YAML on one line, which `parse` reads back.
  std::function<std::string(const T&)> print;
};

/// All rows of the agent's configuration, in the order of the documentation.
const std::vector<Field<AgentConfig>>& AgentFields();
/// Of them those of the section `hub`.
std::vector<Field<AgentConfig>> HubFields();
/// The rows of an item of `gateway.routes`.
const std::vector<Field<RouteConfig>>& RouteFields();
/// The rows of an item of `issuers`.
const std::vector<Field<IssuerConfig>>& IssuerFields();
/// The rows of an item of `hub.methods`.
const std::vector<Field<HubMethodConfig>>& HubMethodFields();

/// The environment variable that sets a path: `NOTIFYD_HTTP__MAX_BATCH`.
std::string EnvironmentName(std::string_view path);

/// A text as a YAML scalar that reads back as the same text, also within `[…]`.
std::string YamlText(std::string_view text);

/// Checks what no single row can: values that must fit together. Adds to `problems`.
void CheckTogether(const LoadedConfig& loaded, std::vector<FieldError>& problems);

}  // namespace notify
