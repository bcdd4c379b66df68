#include "cli/hub/request.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include "cli/client/hub/connection.hpp"
#include "cli/hub/input_lines.hpp"
#include "cli/hub/lines.hpp"

namespace notify::cli::hub {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kLongestWait{60'000};

Result<std::vector<std::string>> JsonOf(const std::vector<std::string>& arguments) {
  std::vector<std::string> json;
  for (const auto& argument : arguments) {
    const auto value = Value::Parse(argument);
    if (!value) {
      return Fail(
          Errc::kUsage, "The argument " + argument + " is not JSON.",
          "a string has its quotes, and the shell needs some of its own: '\"" + argument + "\"'");
    }
    json.push_back(value->Compact());
  }
  return json;
}

class Request {
 public:
  Request(const HubRequestOptions& options, bool stream, output::Format format,
          const Interrupts& interrupts, client::HubConnection& connection, const Clock& clock)
      : stream_(stream),
        format_(format),
        streams_(options.factory->streams()),
        interrupts_(interrupts),
        connection_(connection),
        clock_(clock),
        limit_(std::chrono::seconds(options.factory->globals().timeout_seconds)) {
    if (!options.upload.empty()) input_.emplace(streams_, interrupts);
  }

  Status Run(const std::string& method, std::vector<std::string> arguments) {
    method_ = method;
    auto begun = connection_.Begin({.method = method,
                                    .arguments = std::move(arguments),
                                    .stream = stream_,
                                    .uploads = input_ ? 1 : 0});
    if (!begun) return std::move(begun.error());
    begun_ = std::move(*begun);
    asked_at_ = clock_.Now();
    while (!done_) {
      if (auto sent = Upload(); !sent) return sent;
      auto event = connection_.Next(Wait(), Wake());
      auto taken = event ? Take(*event) : Meanwhile(event.error());
      if (!taken) return taken;
    }
    return interrupted_ ? Fail(Errc::kInterrupted, "Interrupted.") : Status{};
  }

 private:
  bool Uploading() const { return input_ && !upload_ended_; }

  milliseconds Wait() const {
    if (Uploading() && input_->Ready()) return 0ms;
    if (!HasLimit()) return kLongestWait;
    const auto left = std::chrono::ceil<milliseconds>(asked_at_ + limit_ - clock_.Now());
    return std::clamp(left, 0ms, kLongestWait);
  }

  // Input that is there would wake it before it has looked at the connection.
  int Wake() const {
    return Uploading() && !input_->Ready() ? input_->descriptor() : interrupts_.descriptor();
  }

  // A stream may be silent for as long as it likes, and so may standard input.
  bool HasLimit() const { return (!stream_ || interrupted_) && !Uploading(); }

  Status Upload() {
    if (!Uploading() || !input_->Ready()) return {};
    for (const auto& line : input_->Take()) {
      ++line_;
      if (line.empty()) continue;
      const auto item = Value::Parse(line);
      if (!item) {
        return Fail(Errc::kInvalidJson,
                    "Line " + std::to_string(line_) +
                        " of standard input is not JSON: " + item.error().detail);
      }
      auto sent =
          connection_.SendItem(begun_.uploads.front(), item->Compact(), interrupts_.descriptor());
      if (!sent) return sent;
    }
    if (!input_->ended()) return {};
    upload_ended_ = true;
    asked_at_ = clock_.Now();
    return connection_.EndUpload(begun_.uploads.front());
  }

  Status Take(client::HubEvent& event) {
    if (const auto* item = std::get_if<client::HubItem>(&event)) {
      streams_.Out(ItemLine(item->item, format_));
      return streams_.Flush();
    }
    if (const auto* lost = std::get_if<client::HubLost>(&event)) {
      streams_.Err("connection lost: " + lost->why + "\n");
    }
    auto* done = std::get_if<client::HubDone>(&event);
    if (done == nullptr || done->id != begun_.id) return {};
    done_ = true;
    if (!done->outcome) return interrupted_ ? Status{} : Status{done->outcome.error()};
    if (!stream_ && !interrupted_) streams_.Out(ResultText(*done->outcome, format_));
    return streams_.Flush();
  }

  // Nothing came: input did, an interrupt, or the time is up.
  Status Meanwhile(const Error& error) {
    if (error.code == Errc::kInterrupted && !interrupts_.Wait(0ms)) return {};
    if (error.code == Errc::kInterrupted) return Cancel();
    if (error.code != Errc::kTimeout) return error;
    if (!HasLimit() || clock_.Now() < asked_at_ + limit_) return {};
    return Fail(Errc::kTimeout, "The hub has not answered " + method_ + " in time.",
                "allow it more: --timeout SECONDS");
  }

  // A second interrupt, and one of a plain invocation, does not wait for the hub.
  Status Cancel() {
    if (interrupted_ || !stream_) return Fail(Errc::kInterrupted, "Interrupted.");
    interrupted_ = true;
    upload_ended_ = true;
    asked_at_ = clock_.Now();
    interrupts_.Clear();
    return connection_.Cancel(begun_.id);
  }

  const bool stream_;
  const output::Format format_;
  Streams& streams_;
  const Interrupts& interrupts_;
  client::HubConnection& connection_;
  const Clock& clock_;
  const milliseconds limit_;
  std::optional<InputLines> input_;  // With an upload.
  std::string method_;
  client::HubInvocation begun_;
  Clock::TimePoint asked_at_;  // Since when its end is waited for.
  std::int64_t line_ = 0;
  bool upload_ended_ = false;
  bool interrupted_ = false;
  bool done_ = false;
};

}  // namespace

void AddRequest(Command& command, HubRequestOptions& options) {
  command.Argument("METHOD", options.method, "of the hub").Required();
  command.Argument("JSON", options.arguments, "its arguments");
  command
      .Option("--upload", "-", options.upload,
              "send each line of standard input (JSON) as an item of a stream to the hub")
      .OneOf({"-"});
  AddUrl(command, options.reach);
  AddReach(command, options.reach);
}

Status RunRequest(const HubRequestOptions& options, bool stream) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto arguments = JsonOf(options.arguments);
  if (!arguments) return std::move(arguments.error());
  auto settings = SettingsOf(factory, options.reach);
  if (!settings) return std::move(settings.error());
  const auto interrupts = Interrupts::Catch();
  const auto means = MeansOf(options.reach, factory, interrupts);
  auto connection = client::HubConnection::Open(std::move(*settings), means);
  if (!connection) return std::move(connection.error());
  Request request(options, stream, printer->format(), interrupts, **connection, means.clock);
  auto done = request.Run(options.method, std::move(*arguments));
  (*connection)->Stop();
  return done;
}

}  // namespace notify::cli::hub
