#include "common/config/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "common/config/field.hpp"
#include "common/config/nearest.hpp"
#include "common/config/read_map.hpp"

namespace notify {
namespace {

constexpr std::string_view kPrefix = "NOTIFYD_";

// Kubernetes gives each pod such variables for a service that is called `notifyd`.
bool IsServiceLink(std::string_view name) {
  return name.starts_with("NOTIFYD_SERVICE_") || name == "NOTIFYD_PORT" ||
         name.starts_with("NOTIFYD_PORT_");
}

const Field<AgentConfig>* FindField(std::string_view path) {
  const auto& fields = AgentFields();
  const auto field = std::ranges::find(fields, path, &Field<AgentConfig>::path);
  return field == fields.end() ? nullptr : &*field;
}

YamlNode TextNode(std::string text) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = std::move(text);
  node.from_text = true;
  return node;
}

class Loading {
 public:
  void StateDirectory(const EnvironmentMap& environment) {
    const auto variable = environment.find("STATE_DIRECTORY");
    if (variable == environment.end() || variable->second.empty()) return;
    // systemd separates several by colons.
    SetText("data_dir", variable->second.substr(0, variable->second.find(':')),
            {ConfigOrigin::Kind::kEnvironment, "STATE_DIRECTORY"});
  }

  void File(const YamlNode& root, std::string_view file_name) {
    const ConfigOrigin origin{ConfigOrigin::Kind::kFile, std::string(file_name)};
    ConfigReader reader(origin, problems_);
    ReadMap<AgentConfig>(root, "", AgentFields(), loaded_.config, reader,
                         [&](const std::string& path, int line) {
                           auto& at = loaded_.origins[path];
                           at = origin;
                           at.line = line;
                         });
  }

  void Environment(const EnvironmentMap& environment) {
    for (const auto& variable : environment) {
      const auto& name = variable.first;
      if (!name.starts_with(kPrefix) || IsServiceLink(name)) continue;
      const auto& fields = AgentFields();
      const auto field = std::ranges::find_if(
          fields, [&](const auto& f) { return EnvironmentName(f.path) == name; });
      if (field == fields.end()) {
        UnknownVariable(name);
      } else {
        SetText(field->path, variable.second, {ConfigOrigin::Kind::kEnvironment, name});
      }
    }
  }

  void Flags(const ConfigFlags& flags) {
    for (const auto& [path, value] : flags) {
      const auto* field = FindField(path);
      const std::string name = field == nullptr || field->flag.empty() ? path : field->flag;
      SetText(path, value, {ConfigOrigin::Kind::kFlag, name});
    }
  }

  Result<LoadedConfig> Finish() {
    auto& config = loaded_.config;
    if (config.socket.empty()) config.socket = config.data_dir + "/notifyd.sock";
    if (config.security.master_key.empty()) {
      config.security.master_key = {KeySource::Kind::kFile, config.data_dir + "/master.key"};
    }
    // What could not be read has its default now, and would give messages that mislead.
    if (problems_.empty()) CheckTogether(loaded_, problems_);
    if (problems_.empty()) return std::move(loaded_);
    auto detail = problems_.front().detail;
    if (problems_.size() > 1) detail += " (and " + std::to_string(problems_.size() - 1) + " more)";
    auto error = Fail(Errc::kInvalidConfig, std::move(detail), "notifyd --check-config");
    error.errors = std::move(problems_);
    return error;
  }

 private:
  void SetText(const std::string& path, std::string value, ConfigOrigin origin) {
    ConfigReader reader(origin, problems_);
    const auto* field = FindField(path);
    if (field == nullptr) {
      reader.UnknownKey(path, 0, std::nullopt);
    } else if (field->parse(TextNode(std::move(value)), path, loaded_.config, reader)) {
      loaded_.origins[path] = std::move(origin);
    }
  }

  void UnknownVariable(const std::string& name) {
    std::vector<std::string> candidates;
    for (const auto& field : AgentFields()) {
      if (!field.nested) candidates.push_back(EnvironmentName(field.path));
    }
    auto detail = "unknown environment variable '" + name + "'";
    if (const auto nearest = NearestWord(name, candidates)) {
      detail += "; did you mean '" + *nearest + "'?";
    }
    problems_.push_back({name, std::move(detail)});
  }

  LoadedConfig loaded_;
  std::vector<FieldError> problems_;
};

}  // namespace

std::string ConfigReader::At(int line) const {
  switch (source_.kind) {
    case ConfigOrigin::Kind::kFile:
      return " at " + source_.name + ":" + std::to_string(line);
    case ConfigOrigin::Kind::kEnvironment:
      return " in the environment variable " + source_.name;
    case ConfigOrigin::Kind::kFlag:
      return " in the flag " + source_.name;
    case ConfigOrigin::Kind::kDefault:
      break;
  }
  return "";
}

void ConfigReader::Complain(std::string_view path, int line, std::string_view demand) {
  problems_.push_back({std::string(path),
                       "'" + std::string(path) + "'" + At(line) + " " + std::string(demand), line});
}

void ConfigReader::UnknownKey(std::string_view path, int line,
                              const std::optional<std::string>& nearest) {
  auto detail = "unknown key '" + std::string(path) + "'" + At(line);
  if (nearest) detail += "; did you mean '" + *nearest + "'?";
  problems_.push_back({std::string(path), std::move(detail), line});
}

std::string EnvironmentName(std::string_view path) {
  std::string name(kPrefix);
  for (const char c : path) {
    if (c == '.') {
      name += "__";
    } else {
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return name;
}

std::string ConfigOrigin::ToString() const {
  switch (kind) {
    case Kind::kFile:
      return name + ":" + std::to_string(line);
    case Kind::kEnvironment:
      return "environment " + name;
    case Kind::kFlag:
      return "flag " + name;
    case Kind::kDefault:
      break;
  }
  return "default";
}

ConfigOrigin LoadedConfig::OriginOf(std::string_view path) const {
  const auto origin = origins.find(path);
  return origin == origins.end() ? ConfigOrigin{} : origin->second;
}

EnvironmentMap ProcessEnvironment() {
  EnvironmentMap environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<LoadedConfig> LoadConfig(std::string_view yaml_text, std::string_view file_name,
                                const EnvironmentMap& environment, const ConfigFlags& flags) {
  auto root = ParseYaml(yaml_text, file_name);
  if (!root) return root.error();
  Loading loading;
  loading.StateDirectory(environment);
  loading.File(*root, file_name);
  loading.Environment(environment);
  loading.Flags(flags);
  return loading.Finish();
}

}  // namespace notify
