#include "cli/top_level/bench_latency.hpp"

#include <algorithm>
#include <memory>

#include "cli/client/connection.hpp"
#include "cli/top_level/bench_connection.hpp"
#include "cli/top_level/bench_receiver.hpp"
#include "cli/top_level/bench_report.hpp"
#include "cli/top_level/event_loop.hpp"

namespace notify::cli::top_level {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kType = "bench.latency";

// Publishes at fixed moments; a request waits for a free connection, and its clock runs meanwhile.
class Publisher {
 public:
  Publisher(const BenchLatencyOptions& options, std::string run)
      : options_(options),
        clock_(options.factory->clock()),
        run_(std::move(run)),
        count_(options.rate * options.seconds),
        interval_(std::chrono::nanoseconds(1s) / options.rate) {}

  Status Connect() {
    const auto access = options_.factory->Access();
    if (!access) return access.error();
    for (std::int64_t i = 0; i < options_.connections; ++i) {
      const auto descriptor = client::OpenSocket(access->endpoint, 5s);
      if (!descriptor) return descriptor.error();
      connections_.push_back(std::make_unique<BenchConnection>(*descriptor));
      texts_.emplace_back();
      numbers_.push_back(0);
      idle_.push_back(static_cast<std::uint32_t>(i));
      loop_.Watch(*descriptor, static_cast<std::uint32_t>(i), false);
    }
    return {};
  }

  Status Run() {
    begun = clock_.Now();
    while (answered_ < count_) {
      auto sent = SendDue();
      if (!sent) return sent;
      auto limit = std::chrono::nanoseconds(10s);
      if (next_ < count_ && !idle_.empty()) limit = Intended(next_) - clock_.Now();
      auto waited = loop_.Wait(limit, [this](std::uint32_t index) { return Advance(index); });
      if (!waited) return waited;
    }
    took = clock_.Now() - begun;
    return {};
  }

  Clock::TimePoint Intended(std::int64_t number) const { return begun + interval_ * number; }
  std::int64_t count() const { return count_; }

  Clock::TimePoint begun{};
  std::chrono::nanoseconds took{};
  std::vector<std::chrono::nanoseconds> answers;  ///< How long each answer took.
  std::int64_t refused = 0;
  std::string first_refusal;

 private:
  Status SendDue() {
    const auto now = clock_.Now();
    while (next_ < count_ && !idle_.empty() && Intended(next_) <= now) {
      const auto index = idle_.back();
      idle_.pop_back();
      auto request =
          BenchRequest(*options_.factory, "publishEvent", "application/json", BodyOf(next_));
      if (!request) return std::move(request.error());
      texts_[index] = std::move(*request);
      numbers_[index] = next_++;
      auto sent = connections_[index]->Send(texts_[index]);
      if (!sent) return sent;
      if (connections_[index]->writing()) {
        loop_.Change(connections_[index]->descriptor(), index, true);
      }
    }
    return {};
  }

  std::string BodyOf(std::int64_t number) const {
    auto body = R"({"type":")" + std::string(kType) + R"(","data":{"run":")" + run_ + R"(","i":)" +
                std::to_string(number) + R"(,"p":")";
    const auto target = static_cast<std::size_t>(options_.payload_bytes);
    const auto so_far = run_.size() + 30;
    if (so_far < target) body.append(target - so_far, 'x');
    return body + "\"}}";
  }

  Status Advance(std::uint32_t index) {
    auto& connection = *connections_[index];
    if (connection.writing()) {
      auto written = connection.Write();
      if (!written) return written;
      if (!connection.writing()) loop_.Change(connection.descriptor(), index, false);
    }
    const auto answer = connection.Read();
    if (!answer) return answer.error();
    if (!*answer) return {};
    ++answered_;
    answers.push_back(clock_.Now() - Intended(numbers_[index]));
    if ((*answer)->status != 202) {
      ++refused;
      if (first_refusal.empty()) {
        first_refusal =
            std::to_string((*answer)->status) + " " + std::string((*answer)->body.substr(0, 300));
      }
    }
    idle_.push_back(index);
    return {};
  }

  const BenchLatencyOptions& options_;
  const Clock& clock_;
  const std::string run_;
  const std::int64_t count_;
  const std::chrono::nanoseconds interval_;
  EventLoop loop_;
  std::vector<std::unique_ptr<BenchConnection>> connections_;
  std::vector<std::string> texts_;
  std::vector<std::int64_t> numbers_;  // Of the event that each connection sent last.
  std::vector<std::uint32_t> idle_;
  std::int64_t next_ = 0;
  std::int64_t answered_ = 0;
};

BenchReport ReportOf(const BenchLatencyOptions& options, Publisher& publisher,
                     const Arrivals& arrivals) {
  BenchReport report;
  report.operation = "latency";
  report.config.Set("rate", options.rate)
      .Set("seconds", options.seconds)
      .Set("connections", options.connections)
      .Set("payloadBytes", options.payload_bytes)
      .Set("receiver", options.receiver);
  report.count = arrivals.received;
  report.took = publisher.took;
  for (std::int64_t i = 0; i < publisher.count(); ++i) {
    const auto arrived = arrivals.at[static_cast<std::size_t>(i)];
    if (arrived != Clock::TimePoint{}) report.latencies.push_back(arrived - publisher.Intended(i));
  }
  const auto missing = publisher.count() - arrivals.received - publisher.refused;
  report.errors = publisher.refused + std::max<std::int64_t>(missing, 0) + arrivals.repeated +
                  arrivals.out_of_order;
  std::ranges::sort(publisher.answers);
  report.extra.Set("refused", publisher.refused)
      .Set("missing", missing)
      .Set("repeated", arrivals.repeated)
      .Set("outOfOrder", arrivals.out_of_order)
      .Set("answerP50Ms", Milliseconds(Quantile(publisher.answers, 0.5)))
      .Set("answerP99Ms", Milliseconds(Quantile(publisher.answers, 0.99)))
      .SetText("firstError", publisher.first_refusal);
  return report;
}

}  // namespace

Command& AddBenchLatency(Command& bench, Factory& factory, RunHook<BenchLatencyOptions> run) {
  auto& command = bench.Add("latency", "From publish to a live subscriber, at a fixed rate");
  auto& options = command.Own(BenchLatencyOptions{.factory = &factory});
  command.Describe(
      "Open loop: a slow answer delays no later event. The time of an event runs from "
      "when it should have been sent; answerP50Ms and answerP99Ms are those of its durable answer. "
      "Each must arrive once, in order.");
  command.Option("--rate", "N", options.rate, "events a second (default 1000)");
  command.Option("--seconds", "N", options.seconds, "how long (default 10)");
  command.Option("--connections", "N", options.connections,
                 "to publish by (default 16, the fewest)");
  command.Option("--payload-bytes", "N", options.payload_bytes, "of data an event (default 100)");
  command.Option("--receiver", "CLIENT", options.receiver, "of the events (default hub)")
      .OneOf({"hub", "sse"});
  command.Example("notifyctl bench latency --tenant bench --rate 1000 -o json", "p50, p99, p99.9");
  command.Example("notifyctl bench latency --tenant bench --receiver sse",
                  "the same to an EventSource");
  return command.Runs(options, std::move(run));
}

Status RunBenchLatency(const BenchLatencyOptions& options) {
  constexpr std::int64_t kFewestConnections = 16;
  if (options.connections < kFewestConnections || options.connections > 10'000 ||
      options.rate < 1 || options.rate > 1'000'000 || options.seconds < 1) {
    return Fail(Errc::kUsage, "--connections is from 16 to 10000, --rate from 1 to a million.");
  }
  auto& factory = *options.factory;
  const auto run = std::to_string(factory.random().Next() % 1'000'000'000'000);
  Publisher publisher(options, run);
  auto stream = OpenBenchStream(factory, options.receiver, kType);
  if (!stream) return std::move(stream.error());
  BenchReceiver receiver(std::move(*stream), run, publisher.count(), factory.clock());
  auto done = publisher.Connect();
  if (done) done = publisher.Run();
  if (!done) return done;
  const auto arrivals = receiver.Wait(5s);
  return PrintReport(factory, ReportOf(options, publisher, arrivals));
}

}  // namespace notify::cli::top_level
