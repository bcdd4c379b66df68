#include "cli/top_level/bench_stream.hpp"

#include <charconv>

#include "cli/client/connection.hpp"
#include "cli/client/hub/connection.hpp"
#include "common/ids.hpp"

namespace notify::cli::top_level {
namespace {

using std::chrono::milliseconds;

class SseStream final : public BenchStream {
 public:
  explicit SseStream(std::unique_ptr<client::EventSource> source) : source_(std::move(source)) {}

  Result<std::vector<BenchEvent>> Read(milliseconds limit) override {
    auto messages = source_->Read(limit, -1);
    if (!messages) return std::move(messages.error());
    std::vector<BenchEvent> events;
    for (auto& message : *messages) {
      const auto position = Position::Parse(message.id);
      if (!message.has_data || !position) continue;
      events.push_back({position->sequence.value, std::move(message.data)});
    }
    return events;
  }

 private:
  const std::unique_ptr<client::EventSource> source_;
};

// The envelope has it in front of the data, so that the first is its own.
std::uint64_t SequenceOf(std::string_view envelope) {
  constexpr std::string_view kMember = R"("sequence":)";
  const auto at = envelope.find(kMember);
  std::uint64_t sequence = 0;
  if (at != std::string_view::npos) {
    const auto digits = envelope.substr(at + kMember.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
  }
  return sequence;
}

class HubStream final : public BenchStream {
 public:
  HubStream(std::unique_ptr<client::HubMeans> means, std::unique_ptr<client::HubConnection> hub,
            std::string_view type)
      : means_(std::move(means)), hub_(std::move(hub)), type_(type) {}

  Result<std::vector<BenchEvent>> Read(milliseconds limit) override {
    auto event = hub_->Next(limit, -1);
    if (!event) return std::move(event.error());
    std::vector<BenchEvent> events;
    auto* call = std::get_if<client::HubCall>(&*event);
    if (call != nullptr && call->method == type_ && !call->arguments.empty()) {
      auto& text = call->arguments.front();
      const auto sequence = SequenceOf(text);
      events.push_back({sequence, std::move(text)});
    }
    return events;
  }

 private:
  const std::unique_ptr<client::HubMeans> means_;
  const std::unique_ptr<client::HubConnection> hub_;
  const std::string type_;
};

Result<std::unique_ptr<BenchStream>> OpenHub(Factory& factory, std::string_view type) {
  const auto access = factory.Access();
  if (!access) return access.error();
  auto protocol = client::MakeHubProtocol("json");
  if (!protocol) return std::move(protocol.error());
  client::HubSettings settings;
  settings.url = client::HubUrl::OfAgent(access->endpoint);
  settings.caller = {.token = Secret{access->token}, .tenant = access->tenant};
  settings.caller.limit = std::chrono::seconds(factory.globals().timeout_seconds);
  settings.protocol = std::move(*protocol);
  settings.skip_negotiation = true;
  settings.reconnect = client::ReconnectPolicy(client::ReconnectPolicy::Kind::kNever);
  auto means = std::make_unique<client::HubMeans>(
      client::HubMeans{.dial = client::Connection::Open,
                       .clock = factory.clock(),
                       .random = factory.random(),
                       .wait = [](milliseconds) { return false; }});
  auto hub = client::HubConnection::Open(std::move(settings), *means);
  if (!hub) return std::move(hub.error());
  const auto filter = Value::Object().Set("types", Value::Array().Add(type)).Compact();
  auto subscribed = (*hub)->Invoke({.method = "Subscribe", .arguments = {filter}}, -1);
  if (!subscribed) return std::move(subscribed.error());
  return std::make_unique<HubStream>(std::move(means), std::move(*hub), type);
}

Result<std::unique_ptr<BenchStream>> OpenSse(Factory& factory, std::string_view type) {
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  client::Request request{.operation = "streamEvents"};
  auto source = (*client)->Open(request.With("type", std::string(type)));
  if (!source) return std::move(source.error());
  return std::make_unique<SseStream>(std::move(*source));
}

}  // namespace

Result<std::unique_ptr<BenchStream>> OpenBenchStream(Factory& factory, std::string_view receiver,
                                                     std::string_view type) {
  if (receiver == "hub") return OpenHub(factory, type);
  if (receiver == "sse") return OpenSse(factory, type);
  return Fail(Errc::kUsage, "A receiver is 'hub' or 'sse'.");
}

}  // namespace notify::cli::top_level
