#include "cli/client/discovery.hpp"

#include "cli/client/connection.hpp"
#include "cli/files.hpp"

namespace notify::cli::client {
namespace {

constexpr std::chrono::milliseconds kProbeLimit{1'000};

struct Found {
  std::string endpoint;
  std::string why;
};

Found FindEndpoint(const Flags& flags, const Environment& environment, const SavedContext* context,
                   const Answers& answers) {
  if (!flags.endpoint.empty()) return {flags.endpoint, "--endpoint"};
  if (auto text = environment.Get("NOTIFYCTL_ENDPOINT"); !text.empty()) {
    return {std::move(text), "NOTIFYCTL_ENDPOINT"};
  }
  if (context != nullptr && !context->endpoint.empty()) {
    return {context->endpoint, "context " + context->name};
  }
  for (const auto& path : UsualSockets(environment)) {
    if (answers(path)) return {"unix:" + path, "the socket that answers"};
  }
  return {"http://127.0.0.1:7800", "the default"};
}

}  // namespace

std::vector<std::string> UsualSockets(const Environment& environment) {
  std::vector<std::string> paths = {"/run/notifyd/notifyd.sock"};
  if (const auto runtime = environment.Get("XDG_RUNTIME_DIR"); !runtime.empty()) {
    paths.push_back(Join(runtime, "notifyd/notifyd.sock"));
  }
  paths.emplace_back("./data/notifyd.sock");
  return paths;
}

bool AnswersOnSocket(const std::string& path) {
  if (!FileExists(path)) return false;
  Endpoint endpoint;
  endpoint.kind = Endpoint::Kind::kUnix;
  endpoint.path = path;
  return Connection::Open(endpoint, kProbeLimit).has_value();
}

Result<Access> FindAgent(const Flags& flags, const Environment& environment,
                         const Contexts& contexts, const Answers& answers) {
  const auto* context = contexts.Find(contexts.current);
  auto found = FindEndpoint(flags, environment, context, answers);
  auto endpoint = Endpoint::Parse(found.endpoint);
  if (!endpoint) {
    endpoint.error().detail += " It comes from " + found.why + ".";
    return std::move(endpoint.error());
  }
  Access access{std::move(*endpoint), flags.token, flags.tenant, std::move(found.why)};
  if (access.token.empty()) access.token = environment.Get("NOTIFYCTL_TOKEN");
  if (access.tenant.empty()) access.tenant = environment.Get("NOTIFYCTL_TENANT");
  if (context == nullptr) return access;
  const bool same_agent = context->endpoint.empty() || context->endpoint == found.endpoint;
  if (access.token.empty() && same_agent) access.token = context->token;
  if (access.tenant.empty() && same_agent) access.tenant = context->tenant;
  return access;
}

}  // namespace notify::cli::client
