#include "cli/hub/connect.hpp"

#include <algorithm>
#include <variant>

#include "cli/client/hub/connection.hpp"
#include "cli/hub/lines.hpp"
#include "common/units.hpp"

namespace notify::cli::hub {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kLongestWait{60'000};

class Follower {
 public:
  Follower(const HubConnectOptions& options, output::Format format, const Interrupts& interrupts,
           const client::HubMeans& means)
      : options_(options),
        streams_(options.factory->streams()),
        format_(format),
        interrupts_(interrupts),
        means_(means) {}

  Status Run(client::HubSettings settings, std::optional<std::chrono::nanoseconds> duration) {
    auto opened = client::HubConnection::Open(std::move(settings), means_);
    if (!opened) return std::move(opened.error());
    connection_ = std::move(*opened);
    if (duration) deadline_ = means_.clock.Now() + *duration;
    TellConnected("connected");
    auto followed = Subscribe();
    if (followed) followed = Follow();
    connection_->Stop();
    return followed;
  }

 private:
  Status Follow() {
    while (!done_ && !Full()) {
      auto wait = kLongestWait;
      if (deadline_) {
        const auto left = std::chrono::ceil<milliseconds>(*deadline_ - means_.clock.Now());
        if (left <= 0ms) return {};
        wait = std::min(wait, left);
      }
      auto event = connection_->Next(wait, interrupts_.descriptor());
      if (!event && event.error().code == Errc::kTimeout) continue;
      if (!event) return std::move(event.error());
      auto taken = Take(*event);
      if (!taken) return taken;
    }
    return {};
  }

  Status Take(const client::HubEvent& event) {
    if (const auto* call = std::get_if<client::HubCall>(&event)) {
      streams_.Out(CallLine(*call, format_));
      ++printed_;
      return streams_.Flush();
    }
    if (const auto* lost = std::get_if<client::HubLost>(&event)) {
      streams_.Err("reconnecting: " + lost->why + "\n");
    } else if (std::holds_alternative<client::HubReconnected>(event)) {
      TellConnected("reconnected");
      auto subscribed = Subscribe();
      // Lost again: it subscribes when it is back.
      if (!subscribed && connection_->connected()) return subscribed;
    } else if (const auto* closed = std::get_if<client::HubClosed>(&event)) {
      done_ = true;
      if (closed->error) {
        return Fail(Errc::kAgentUnreachable, "The hub closed the connection: " + *closed->error);
      }
      streams_.Err("closed by the hub\n");
    }
    return {};
  }

  Status Subscribe() {
    for (const auto& type : options_.subscribe) {
      const auto filter = Value::Object().Set("types", Value::Array().Add(type)).Compact();
      auto answer = connection_->Invoke({.method = "Subscribe", .arguments = {filter}},
                                        interrupts_.descriptor());
      if (!answer) return std::move(answer.error());
      streams_.Err("subscribed to " + type + "\n");
    }
    return {};
  }

  void TellConnected(std::string what) {
    const auto* session = connection_->session();
    if (session != nullptr) {
      what += " (" + std::string(signalr::ToString(session->transport())) + ", " +
              options_.reach.protocol + (session->stateful() ? ", stateful" : "") + ")";
    }
    streams_.Err(what + "\n");
  }

  bool Full() const { return options_.count && printed_ >= *options_.count; }

  const HubConnectOptions& options_;
  Streams& streams_;
  const output::Format format_;
  const Interrupts& interrupts_;
  const client::HubMeans& means_;
  std::unique_ptr<client::HubConnection> connection_;
  std::optional<Clock::TimePoint> deadline_;
  std::int64_t printed_ = 0;
  bool done_ = false;
};

}  // namespace

Command& AddHubConnect(Command& noun, Factory& factory, RunHook<HubConnectOptions> run) {
  auto& command =
      noun.Add("connect", "Print each call that a hub makes to its clients", {"listen"});
  auto& options = command.Own(HubConnectOptions{.factory = &factory});
  command.Describe(
      "Without a URL it is the agent's hub, with the credential and the tenant of every command. "
      "With a URL it is any SignalR hub, to which only the --token and --tenant of this command "
      "are sent.\n\n"
      "A lost connection is made again, and what the hub calls meanwhile is not printed: event "
      "tail loses nothing.");
  command.Argument("URL", options.reach.url, "a SignalR hub (default: the agent's)");
  command.Option("--subscribe", "TYPE", options.subscribe,
                 "subscribe to events of this type; may be repeated");
  command.Option("--for", "DURATION", options.duration, "stop after so long: 30s");
  command.Option("--count", "N", options.count, "stop after so many calls");
  AddReach(command, options.reach);
  command.Example("notifyctl hub connect --tenant blue --subscribe 'order.*'",
                  "what a client of the agent gets");
  command.Example("notifyctl hub connect https://chat.example.com/chatHub --token KEY -o ndjson",
                  "the calls of another server, one a line");
  command.Example(
      "notifyctl hub connect ws://localhost:5000/hub --count 1 --answer 'GetName=\"x\"'",
      "the first call, answered where the hub wants a result");
  return command.Runs(options, std::move(run));
}

Status RunHubConnect(const HubConnectOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  std::optional<std::chrono::nanoseconds> duration;
  if (!options.duration.empty()) {
    const auto parsed = ParseDuration(options.duration);
    if (!parsed) return Fail(Errc::kUsage, "--for: " + parsed.error().detail);
    duration = *parsed;
  }
  auto settings = SettingsOf(factory, options.reach);
  if (!settings) return std::move(settings.error());
  const auto interrupts = Interrupts::Catch();
  const auto means = MeansOf(options.reach, factory, interrupts);
  return Follower(options, printer->format(), interrupts, means)
      .Run(std::move(*settings), duration);
}

}  // namespace notify::cli::hub
