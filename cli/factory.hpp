#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/client/api_client.hpp"
#include "cli/client/discovery.hpp"
#include "cli/environment.hpp"
#include "cli/output/printer.hpp"
#include "cli/streams.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"

namespace notify::cli {

/// The flags that every command takes.
struct GlobalOptions {
  std::string output;  ///< Empty: table.
  client::Flags agent;
  std::int64_t timeout_seconds = 30;
  bool no_colour = false;
};

/// Makes what commands work with, the first time that one asks: a start pays for what it uses.
///
/// Lifetime: outlives every command; `parts` outlive it. Threads: one at a time.
class Factory {
 public:
  using MakeClient =
      std::function<std::unique_ptr<client::ApiClient>(client::Endpoint, client::Caller)>;
  /// What a factory is made of; tests give fakes.
  struct Parts {
    Streams& streams;
    Environment environment;
    const Clock& clock;
    Random& random;
    MakeClient make_client;
    client::Answers answers;
  };

  explicit Factory(Parts parts) : parts_(std::move(parts)) {}
  Factory(const Factory&) = delete;
  Factory& operator=(const Factory&) = delete;

  GlobalOptions& globals() { return globals_; }
  Streams& streams() { return parts_.streams; }
  const Environment& environment() const { return parts_.environment; }
  const Clock& clock() const { return parts_.clock; }
  Random& random() { return parts_.random; }

  /// The agent to call. kUsage for a bad endpoint, kInvalidConfig for a bad context file.
  Result<client::Access> Access();
  /// The API of that agent; connects with the first call. Never null.
  Result<client::ApiClient*> Client();
  /// The API of that agent as another caller (a bench's own token).
  Result<std::unique_ptr<client::ApiClient>> ClientFor(const std::string& token,
                                                       const std::string& tenant);
  /// Prints in the format of `-o`. kUsage where there is none of that name.
  Result<output::Printer> Printer();
  /// The path of the contexts' file.
  std::string ContextsPath() const { return client::ContextsPath(parts_.environment); }

  /// Of the last refusal of the agent; empty where there was none.
  std::string correlation_id() const;

 private:
  Parts parts_;
  GlobalOptions globals_;
  std::optional<client::Access> access_;
  std::unique_ptr<client::ApiClient> client_;
};

}  // namespace notify::cli
