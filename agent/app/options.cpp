#include "agent/app/options.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <utility>

#include "agent/app/version.hpp"

namespace notify::agent::app {
namespace {

Result<std::string> ReadConfigFile(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(Errc::kInvalidConfig, "Cannot read the configuration file " + path + ".",
                "Name one that is there with --config FILE, or write one with notifyctl init.");
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<LoadedConfig> Load(const std::string& file, const ConfigFlags& flags) {
  const auto text = ReadConfigFile(file);
  if (!text) return text.error();
  return LoadConfig(*text, file.empty() ? "command line" : file, ProcessEnvironment(), flags);
}

}  // namespace

Result<Options> ReadOptions(int argc, const char* const* argv) {
  Options options;
  bool check = false;
  bool print = false;
  bool verify = false;
  bool dev = false;
  bool insecure = false;
  std::string data_dir;
  std::string listen;
  std::string socket;

  CLI::App parser("notifyd: multi-tenant, real-time notifications", "notifyd");
  parser.set_version_flag("--version", std::string("notifyd ") + kVersion);
  parser.add_option("--config", options.config_file, "Configuration file (YAML)");
  parser.add_option("--data-dir", data_dir,
                    "Where everything is kept; default $STATE_DIRECTORY, else ./data");
  parser.add_option("--listen", listen,
                    "HOST:PORT; default 127.0.0.1:7800, port 0 is any free one");
  parser.add_option("--socket", socket, "Unix socket; default DIR/notifyd.sock");
  parser.add_flag("--dev", dev,
                  "A tenant, a key, a token and a page to try things with; loopback only");
  parser.add_flag("--insecure", insecure, "Allow a listener without TLS that is not loopback");
  parser.add_flag("--check-config", check,
                  "Check the configuration and exit: 0, or 78 where it is wrong");
  parser.add_flag("--print-config", print, "Print every value with where it comes from, and exit");
  parser.add_flag("--verify", verify,
                  "Read and prove every log of a stopped agent, and exit: 0, or 1 where one is "
                  "damaged");
  parser.add_option("--restore", options.backup_file,
                    "Make the data folder what this backup holds, and exit");
  parser.footer(
      "Examples:\n  notifyd --dev\n  notifyd --config /etc/notifyd/notifyd.yaml --data-dir "
      "/var/lib/notifyd");
  try {
    parser.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    options.action = Options::Action::kExit;
    options.exit_code = parser.exit(error) == 0 ? 0 : 2;
    return options;
  }
  const auto flag = [&options](const char* path, const std::string& value) {
    if (!value.empty()) options.flags.emplace_back(path, value);
  };
  flag("data_dir", data_dir);
  flag("listen", listen);
  flag("socket", socket);
  flag("dev", dev ? "true" : "");
  flag("insecure", insecure ? "true" : "");
  if (check) options.action = Options::Action::kCheckConfig;
  if (verify) options.action = Options::Action::kVerify;
  if (!options.backup_file.empty()) options.action = Options::Action::kRestore;
  if (print) options.action = Options::Action::kPrintConfig;
  auto loaded = Load(options.config_file, options.flags);
  if (!loaded) return loaded.error();
  options.loaded = std::move(*loaded);
  return options;
}

Result<LoadedConfig> Reload(const Options& options) {
  return Load(options.config_file, options.flags);
}

}  // namespace notify::agent::app
