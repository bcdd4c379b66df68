#include "cli/factory.hpp"

namespace notify::cli {

Result<client::Access> Factory::Access() {
  if (access_) return *access_;
  const auto contexts = client::LoadContexts(ContextsPath());
  if (!contexts) return contexts.error();
  auto found = client::FindAgent(globals_.agent, parts_.environment, *contexts, parts_.answers);
  if (found) access_ = *found;
  return found;
}

Result<client::ApiClient*> Factory::Client() {
  if (client_) return client_.get();
  auto access = Access();
  if (!access) return std::move(access.error());
  auto made = ClientFor(access->token, access->tenant);
  if (!made) return std::move(made.error());
  client_ = std::move(*made);
  return client_.get();
}

Result<std::unique_ptr<client::ApiClient>> Factory::ClientFor(const std::string& token,
                                                              const std::string& tenant) {
  auto access = Access();
  if (!access) return std::move(access.error());
  client::Caller caller{.token = Secret{token}, .tenant = tenant};
  caller.limit = std::chrono::seconds(globals_.timeout_seconds);
  return parts_.make_client(access->endpoint, std::move(caller));
}

Result<output::Printer> Factory::Printer() {
  if (globals_.no_colour) parts_.streams.set_colour(false);
  const auto format =
      globals_.output.empty() ? output::Format::kTable : output::ParseFormat(globals_.output);
  if (!format) return format.error();
  return output::Printer{parts_.streams, *format};
}

std::string Factory::correlation_id() const {
  return client_ ? client_->correlation_id() : std::string{};
}

}  // namespace notify::cli
