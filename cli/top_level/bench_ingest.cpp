#include "cli/top_level/bench_ingest.hpp"

#include <charconv>
#include <limits>
#include <memory>

#include "cli/client/connection.hpp"
#include "cli/output/progress.hpp"
#include "cli/top_level/bench_body.hpp"
#include "cli/top_level/bench_connection.hpp"
#include "cli/top_level/bench_report.hpp"
#include "cli/top_level/bench_tenants.hpp"
#include "cli/top_level/event_loop.hpp"

namespace notify::cli::top_level {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kFewestConnections = 16;

std::int64_t Member(std::string_view body, std::string_view name) {
  const auto at = body.find(name);
  std::int64_t value = -1;
  if (at != std::string_view::npos) {
    auto rest = body.substr(at + name.size());
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    std::from_chars(rest.data(), rest.data() + rest.size(), value);
  }
  return value;
}

class Ingest {
 public:
  Ingest(const BenchIngestOptions& options, const std::vector<std::string>& tenants)
      : options_(options),
        tenants_(tenants),
        clock_(options.factory->clock()),
        body_(options.batch, options.payload_bytes, options.format == "ndjson",
              options.ids ? std::to_string(options.factory->random().Next() % 1'000'000'000)
                          : std::string{}) {}

  Status Run() {
    auto ready = Prepare();
    if (!ready) return ready;
    output::Progress progress(options_.factory->streams(), "ingest", Total());
    begun_ = clock_.Now();
    for (std::uint32_t i = 0; i < connections_.size(); ++i) {
      auto begun = Begin(i);
      if (!begun) return begun;
    }
    while (busy_ > 0 || !idle_.empty()) {
      if (auto begun = BeginDue(); !begun) return begun;
      if (busy_ == 0 && idle_.empty()) break;
      const auto limit = idle_.empty() ? std::chrono::nanoseconds(10s) : Due() - clock_.Now();
      auto waited = loop_.Wait(limit, [this](std::uint32_t index) { return Advance(index); });
      if (!waited) return waited;
      progress.Update(options_.seconds && !options_.count
                          ? static_cast<std::uint64_t>((clock_.Now() - begun_) / 1s)
                          : static_cast<std::uint64_t>(report.count));
    }
    report.took = clock_.Now() - begun_;
    return {};
  }

  BenchReport report;

 private:
  Status Prepare() {
    const auto access = options_.factory->Access();
    if (!access) return access.error();
    const auto* type = options_.format == "ndjson" ? "application/x-ndjson" : "application/json";
    const auto head_for = [&](const std::string& tenant) -> Status {
      auto head = BenchHead(*options_.factory, "publishBatch", type, body_.text().size(), tenant);
      if (!head) return std::move(head.error());
      heads_.push_back(std::move(*head));
      return {};
    };
    for (const auto& tenant : tenants_) {
      if (auto made = head_for(tenant); !made) return made;
    }
    if (tenants_.empty()) {
      if (auto made = head_for(access->tenant); !made) return made;
    }
    for (std::int64_t i = 0; i < options_.connections; ++i) {
      const auto descriptor = client::OpenSocket(access->endpoint, 5s);
      if (!descriptor) return descriptor.error();
      connections_.push_back(std::make_unique<BenchConnection>(*descriptor));
      loop_.Watch(*descriptor, static_cast<std::uint32_t>(i), false);
      // Only ids differ, so connections without them share one text.
      if (options_.ids || texts_.empty()) texts_.push_back(body_.text());
    }
    return {};
  }

  std::uint64_t Total() const {
    return static_cast<std::uint64_t>(options_.count ? *options_.count : Seconds().count());
  }

  std::chrono::seconds Seconds() const {
    constexpr std::int64_t kDefault = 10;
    return std::chrono::seconds(options_.seconds.value_or(kDefault));
  }

  bool Finished() const {
    if (options_.count && sent_ >= *options_.count) return true;
    const bool by_time = options_.seconds.has_value() || !options_.count;
    return by_time && clock_.Now() - begun_ >= Seconds();
  }

  /// When the next request is to be sent.
  Clock::TimePoint Due() const {
    if (options_.rate == 0) return begun_;
    return begun_ + std::chrono::nanoseconds(static_cast<std::int64_t>(
                        1e9 * static_cast<double>(sent_) / static_cast<double>(options_.rate)));
  }

  /// What is due on connections that have nothing to do.
  Status BeginDue() {
    while (!idle_.empty() && (Finished() || Due() <= clock_.Now())) {
      const auto index = idle_.back();
      idle_.pop_back();
      if (auto begun = Begin(index); !begun) return begun;
    }
    return {};
  }

  Status Begin(std::uint32_t index) {
    if (Finished()) return {};
    const auto due = Due();
    if (due > clock_.Now()) {
      idle_.push_back(index);
      return {};
    }
    auto& connection = *connections_[index];
    auto& text = texts_[options_.ids ? index : 0];
    if (options_.ids) body_.Number(text, 0, sent_);
    sent_ += options_.batch;
    ++busy_;
    // With a rate, a slow answer is not hidden by sending less.
    connection.started = options_.rate > 0 ? due : clock_.Now();
    // The tenants in turn, so that all of them are busy at once.
    auto written = connection.Send(heads_[next_head_++ % heads_.size()], text);
    if (connection.writing()) loop_.Change(connection.descriptor(), index, true);
    return written;
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
    report.latencies.push_back(clock_.Now() - connection.started);
    --busy_;
    Count(**answer);
    return Begin(index);
  }

  // What was not accepted is an error, and so is an answer that does not add up.
  void Count(const BenchAnswer& answer) {
    const auto accepted = answer.status == 200 ? Member(answer.body, R"("accepted":)") : 0;
    const auto duplicates = answer.status == 200 ? Member(answer.body, R"("duplicates":)") : 0;
    if (accepted == options_.batch && duplicates == 0) {
      report.count += accepted;
      return;
    }
    report.count += std::max<std::int64_t>(accepted, 0);
    report.errors += options_.batch - std::max<std::int64_t>(accepted, 0);
    if (report.extra.Find("firstError") == nullptr) {
      report.extra.Set("firstError", std::to_string(answer.status) + " " +
                                         std::string(answer.body.substr(0, 300)));
    }
  }

  const BenchIngestOptions& options_;
  const std::vector<std::string>& tenants_;
  const Clock& clock_;
  const BenchBody body_;
  EventLoop loop_;
  std::vector<std::unique_ptr<BenchConnection>> connections_;
  std::vector<std::string> texts_;
  std::vector<std::string> heads_;  // One a tenant.
  std::size_t next_head_ = 0;
  std::int64_t sent_ = 0;
  std::int64_t busy_ = 0;
  std::vector<std::uint32_t> idle_;  // Connections that wait for their next request's time.
  Clock::TimePoint begun_{};
};

Status Check(const BenchIngestOptions& options) {
  if (options.connections < kFewestConnections || options.connections > 10'000) {
    return Fail(Errc::kUsage, "--connections must be from 16 to 10000: fewer measure the waiting.");
  }
  if (options.batch < 1 || options.payload_bytes < 0 || options.count.value_or(1) < 1 ||
      options.seconds.value_or(1) < 1) {
    return Fail(Errc::kUsage, "--batch, --count, --seconds and --payload-bytes must be positive.");
  }
  if (options.rate < 0 || options.rate > 100'000'000) {
    return Fail(Errc::kUsage, "--rate must be from 1 to 100 million events a second.");
  }
  if (options.tenants < 0 || options.tenants > 10'000) {
    return Fail(Errc::kUsage, "--tenants must be from 1 to 10000.");
  }
  if (options.tenants == 0 && !options.tenant_prefix.empty()) {
    return Fail(Errc::kUsage, "--tenant-prefix goes with --tenants N.");
  }
  return {};
}

}  // namespace

Command& AddBenchIngest(Command& bench, Factory& factory, RunHook<BenchIngestOptions> run) {
  auto& command = bench.Add("ingest", "Publish batches as fast as the agent makes them durable");
  auto& options = command.Own(BenchIngestOptions{.factory = &factory});
  command.Describe(
      "Latencies are of whole batches. Every answer's counts must add up to what was "
      "sent; what is refused or taken for a duplicate is an error.");
  command.Option("--connections", "N", options.connections, "kept alive (default 16, the fewest)");
  command.Option("--batch", "N", options.batch, "events a request (default 1000)");
  command.Option("--count", "N", options.count, "stop after so many events");
  command.Option("--seconds", "N", options.seconds, "stop after so long (default 10)");
  command.Option("--rate", "N", options.rate,
                 "events a second at most (default as fast as they are answered)");
  command.Option("--payload-bytes", "N", options.payload_bytes, "of data an event (default 100)");
  command.Option("--format", "FORMAT", options.format, "of a batch").OneOf({"ndjson", "json"});
  command.Option("--tenants", "N", options.tenants,
                 "spread over so many, made for the run and removed after it");
  command.Option("--tenant-prefix", "PREFIX", options.tenant_prefix,
                 "use PREFIX-00001 and so on, which stay");
  command.Flag("--ids", options.ids,
               "give each event an id, so that the agent looks for duplicates");
  command.Example("notifyctl bench ingest --tenant bench --seconds 10 -o json", "events a second");
  command.Example("notifyctl bench ingest --tenant bench --count 1000000 --connections 32 --ids",
                  "a million, each with an id");
  command.Example("notifyctl bench ingest --tenants 1000 --batch 1 --connections 64",
                  "single events of a thousand tenants");
  return command.Runs(options, std::move(run));
}

Status RunBenchIngest(const BenchIngestOptions& options) {
  auto checked = Check(options);
  if (!checked) return checked;
  const auto tenants = MakeBenchTenants(*options.factory, options.tenants, options.tenant_prefix);
  if (!tenants) return tenants.error();
  Ingest ingest(options, tenants->ids);
  auto done = ingest.Run();
  auto removed = RemoveBenchTenants(*options.factory, *tenants);
  if (!done) return done;
  if (!removed) return removed;
  ingest.report.operation = "ingest";
  ingest.report.config.Set("connections", options.connections)
      .Set("rate", options.rate)
      .Set("batch", options.batch)
      .Set("payloadBytes", options.payload_bytes)
      .Set("format", options.format)
      .Set("ids", options.ids)
      .Set("tenants", std::max<std::int64_t>(options.tenants, 1))
      .Set("endpoint", options.factory->Access()->endpoint.ToString());
  return PrintReport(*options.factory, std::move(ingest.report));
}

}  // namespace notify::cli::top_level
