#include "cli/top_level/bench_fanout.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "cli/output/progress.hpp"
#include "cli/top_level/bench_report.hpp"
#include "cli/top_level/fanout_crowd.hpp"
#include "cli/top_level/fanout_publisher.hpp"
#include "cli/top_level/fanout_script.hpp"

namespace notify::cli::top_level {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kType = "bench.fanout";
// Once all is published: nothing delivered for so long is the end.
constexpr auto kSilence = 10s;
constexpr std::int64_t kFewestConnections = 16;
constexpr std::int64_t kOtherDescriptors = 64;

Status Check(const BenchFanoutOptions& options) {
  if (options.connections < kFewestConnections || options.connections > 1'000'000 ||
      options.ramp < 0 || options.publish < 0 || options.burst < 1 || options.burst > 10'000 ||
      options.count.value_or(1) < 1 || options.seconds < 1) {
    return Fail(Errc::kUsage,
                "--connections is from 16 to a million, --burst from 1 to 10000, --count and "
                "--seconds from 1.");
  }
  if (options.publish == 0 && !options.count) {
    return Fail(Errc::kUsage, "As fast as possible, it is --count that says how many.",
                "--publish 0 --count 1000");
  }
  return {};
}

Status AllowDescriptors(std::int64_t connections) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto wanted = static_cast<rlim_t>(connections + kOtherDescriptors);
  if (limit.rlim_cur >= wanted) return {};
  limit.rlim_cur = std::min(std::max(wanted, limit.rlim_cur), limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return {};
  return Fail(Errc::kUsage,
              "The system allows this process " + std::to_string(limit.rlim_max) +
                  " open files, and each connection is one.",
              "ulimit -n " + std::to_string(wanted));
}

double CpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Fanout {
 public:
  Fanout(const BenchFanoutOptions& options, const FanoutScript& script,
         const client::Endpoint& endpoint)
      : options_(options),
        factory_(*options.factory),
        ledger_(std::to_string(factory_.random().Next() % 1'000'000'000'000),
                static_cast<std::size_t>(std::max<std::int64_t>(options.payload_bytes, 0))),
        crowd_({.endpoint = endpoint, .connections = options.connections, .ramp = options.ramp},
               script, ledger_, loop_, factory_.clock()),
        publisher_(factory_,
                   {.rate = options.publish,
                    .burst = options.burst,
                    .count = options.count.value_or(options.publish * options.seconds)},
                   std::string(kType), ledger_, loop_) {}

  Status Run() {
    auto& streams = factory_.streams();
    {
      output::Progress progress(streams, "join", static_cast<std::uint64_t>(options_.connections));
      auto joined = crowd_.Join([&](std::uint64_t done) { progress.Update(done); });
      if (!joined) return joined;
    }
    members_ = crowd_.joined();
    ledger_.set_members(members_);
    const auto cpu_before = CpuSeconds();
    auto published = members_ > 0 ? Publish() : Status{};
    cpu_ = CpuSeconds() - cpu_before;
    return published;
  }

  BenchReport Report() {
    const auto& faults = ledger_.faults();
    const auto missing = crowd_.Missing(ledger_.sent());
    BenchReport report{.operation = "fanout"};
    report.config = Config();
    report.count = ledger_.delivered();
    report.took = ledger_.last_delivery() - publisher_.begun();
    if (report.count == 0) report.took = {};
    report.errors = crowd_.join_failures() + crowd_.disconnected() + missing + faults.lost +
                    faults.repeated + faults.altered + faults.out_of_order;
    const auto& times = ledger_.latencies();
    report.extra.Set("p50Ms", Milliseconds(times.Quantile(0.5)))
        .Set("p99Ms", Milliseconds(times.Quantile(0.99)))
        .Set("p999Ms", Milliseconds(times.Quantile(0.999)))
        .Set("maxMs", Milliseconds(times.Quantile(1)))
        .Set("events", ledger_.sent())
        .Set("joined", members_)
        .Set("joinSeconds", std::chrono::duration<double>(crowd_.join_time()).count())
        .Set("joinFailures", crowd_.join_failures())
        .Set("disconnected", crowd_.disconnected())
        .Set("missing", missing + faults.lost)
        .Set("repeated", faults.repeated)
        .Set("altered", faults.altered)
        .Set("outOfOrder", faults.out_of_order)
        .Set("bytes", ledger_.bytes())
        .Set("runCpuSeconds", cpu_)
        .Set("cpuMicrosPerDelivery",
             report.count == 0 ? 0.0 : cpu_ * 1e6 / static_cast<double>(report.count))
        .SetText("firstError", crowd_.first_error());
    TakeAgent(report.extra);
    return report;
  }

 private:
  Status Publish() {
    const auto index = static_cast<std::uint32_t>(options_.connections);
    if (auto connected = publisher_.Connect(index); !connected) return connected;
    auto moved_at = factory_.clock().Now();
    std::int64_t delivered = 0;
    while (!publisher_.done() || ledger_.delivered() < ledger_.sent() * crowd_.joined()) {
      if (auto sent = publisher_.SendDue(); !sent) return sent;
      auto waited = loop_.Wait(publisher_.UntilDue(), [&](std::uint32_t ready) -> Status {
        if (ready == index) return publisher_.Ready();
        crowd_.Ready(ready);
        return {};
      });
      if (!waited) return waited;
      crowd_.KeepAlive();
      const auto now = factory_.clock().Now();
      if (!publisher_.done() || ledger_.delivered() != delivered) moved_at = now;
      delivered = ledger_.delivered();
      if (now - moved_at > kSilence) return {};
    }
    return {};
  }

  Value Config() const {
    auto config = Value::Object();
    config.Set("connections", options_.connections)
        .Set("ramp", options_.ramp)
        .Set("publish", options_.publish)
        .Set("burst", options_.burst)
        .Set("payloadBytes", options_.payload_bytes)
        .Set("negotiate", !options_.skip_negotiation);
    return config;
  }

  // Only who may ask is told.
  void TakeAgent(Value& extra) {
    const auto client = factory_.Client();
    if (!client) return;
    const auto status = (*client)->Call({.operation = "getAgentStatus"});
    const auto* bytes = status ? status->Find("rssBytes") : nullptr;
    if (bytes != nullptr) extra.Set("agentRssBytes", *bytes);
  }

  const BenchFanoutOptions& options_;
  Factory& factory_;
  EventLoop loop_;
  FanoutLedger ledger_;
  FanoutCrowd crowd_;
  FanoutPublisher publisher_;
  std::int64_t members_ = 0;
  double cpu_ = 0;
};

}  // namespace

Command& AddBenchFanout(Command& parent, std::string name, Factory& factory,
                        RunHook<BenchFanoutOptions> run) {
  const bool of_hub = parent.name() == "hub";
  auto& command = parent.Add(std::move(name), "From one publisher to many hub connections");
  auto& options = command.Own(BenchFanoutOptions{.factory = &factory});
  command.Describe(
      "Each connection is a SignalR client that negotiates, connects and subscribes; all of them "
      "are served by one thread. Then events are published through the agent's HTTP API. Each "
      "connection checks that it got every event once, in order and with the bytes that were sent: "
      "what was lost, repeated or altered is an error. The time of a delivery runs from when its "
      "event should have been sent. count is deliveries; joinSeconds and joinFailures are those of "
      "the connections.");
  command.Option("--connections", "N", options.connections, "how many (default 1000)");
  command.Option("--ramp", "N", options.ramp,
                 "join so many a second (default 0: as fast as possible)");
  command.Option("--publish", "N", options.publish,
                 "events a second (default 10; 0: as fast as possible)");
  command.Option("--burst", "N", options.burst, "events in one request (default 1)");
  command.Option("--count", "N", options.count, "events in all (default: those of --seconds)");
  command.Option("--seconds", "N", options.seconds, "publish for so long (default 10)");
  command.Option("--payload-bytes", "N", options.payload_bytes, "of data an event (default 200)");
  command.Flag("--skip-negotiation", options.skip_negotiation, "open the WebSockets at once");
  const std::string line = of_hub ? "notifyctl hub bench" : "notifyctl bench fanout";
  command.Example(line + " --tenant bench --connections 18000 -o json",
                  "needs `ulimit -n 20000` here and at the agent");
  command.Example(line + " --tenant bench --connections 2000 --publish 0 --count 500 --burst 50",
                  "as fast as possible, fifty at a time");
  return command.Runs(options, std::move(run));
}

Status RunBenchFanout(const BenchFanoutOptions& options) {
  if (auto sound = Check(options); !sound) return sound;
  if (auto allowed = AllowDescriptors(options.connections); !allowed) return allowed;
  auto& factory = *options.factory;
  const auto access = factory.Access();
  if (!access) return access.error();
  const auto script = MakeFanoutScript(*access, kType, !options.skip_negotiation, factory.random());
  if (!script) return script.error();
  Fanout fanout(options, *script, access->endpoint);
  if (auto done = fanout.Run(); !done) return done;
  return PrintReport(factory, fanout.Report());
}

}  // namespace notify::cli::top_level
