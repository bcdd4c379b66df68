#include "agent/app/banner.hpp"

#include <cstdio>

#include "agent/app/version.hpp"

namespace notify::agent::app {
namespace {

void PrintDev(const std::string& url, const Agent::Started& started) {
  std::printf(
      "\n"
      "Try it (tenant 'default'):\n"
      "  curl -sS %s/api/events/publish -H 'Authorization: Bearer %s' \\\n"
      "       -H 'Content-Type: application/json' \\\n"
      "       -d "
      "'{\"type\":\"rate.updated\",\"data\":{\"base\":\"USD\",\"quote\":\"GBP\",\"rate\":0.7497,"
      "\"previousRate\":0.7431}}'\n"
      "  notifyctl event tail --endpoint %s --token %s\n"
      "  %s/dev#token=%s&key=%s\n",
      url.c_str(), started.dev_key.c_str(), url.c_str(), started.dev_key.c_str(), url.c_str(),
      started.dev_token.c_str(), started.dev_key.c_str());
}

}  // namespace

void PrintBanner(const AgentConfig& config, const Agent::Started& started) {
  const std::string url = "http://" + started.tcp.ToString();
  std::printf("notifyd %s is ready\n", kVersion);
  std::printf("  address      %s\n", url.c_str());
  std::printf("  socket       %s\n", started.socket.c_str());
  std::printf("  data folder  %s\n", config.data_dir.c_str());
  std::printf("  admin key    %s/admin.key\n", config.data_dir.c_str());
  if (started.master_key_created) {
    std::printf("  master key   %s: keep a copy elsewhere; losing it loses the data\n",
                config.security.master_key.ToString().c_str());
  }
  if (config.dev) {
    PrintDev(url, started);
  } else {
    std::printf("\nNext: notifyctl --endpoint unix:%s tenant create blue\n",
                started.socket.c_str());
  }
  std::fflush(stdout);
}

}  // namespace notify::agent::app
