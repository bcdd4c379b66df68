#include "cli/top_level/bench_report.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace notify::cli::top_level {
namespace {

constexpr std::array<output::Column, 11> kLines = {{{"OPERATION", "operation"},
                                                    {"CONFIG", "config"},
                                                    {"COUNT", "count"},
                                                    {"SECONDS", "seconds"},
                                                    {"PER SECOND", "perSecond"},
                                                    {"P50 (MS)", "p50Ms"},
                                                    {"P99 (MS)", "p99Ms"},
                                                    {"P99.9 (MS)", "p999Ms"},
                                                    {"ERRORS", "errors"},
                                                    {"CPU (S)", "cpuSeconds"},
                                                    {"MEMORY (B)", "rssBytes"}}};

double Rounded(double value) { return std::round(value * 1'000.0) / 1'000.0; }

double CpuSeconds(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return Rounded(seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

}  // namespace

double Milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

std::chrono::nanoseconds Quantile(const std::vector<std::chrono::nanoseconds>& sorted,
                                  double share) {
  if (sorted.empty()) return {};
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

Value ReportValue(BenchReport report) {
  std::ranges::sort(report.latencies);
  const auto seconds = std::chrono::duration<double>(report.took).count();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto value = Value::Object();
  value.Set("operation", report.operation)
      .Set("config", std::move(report.config))
      .Set("count", report.count)
      .Set("seconds", Rounded(seconds))
      .Set("perSecond", seconds > 0 ? std::round(static_cast<double>(report.count) / seconds) : 0.0)
      .Set("p50Ms", Milliseconds(Quantile(report.latencies, 0.5)))
      .Set("p99Ms", Milliseconds(Quantile(report.latencies, 0.99)))
      .Set("p999Ms", Milliseconds(Quantile(report.latencies, 0.999)))
      .Set("errors", report.errors)
      .Set("cpuSeconds", CpuSeconds(usage))
      .Set("rssBytes", std::int64_t{usage.ru_maxrss} * 1024);
  for (const auto& [key, member] : report.extra.members()) value.Set(key, member);
  return value;
}

Status PrintReport(Factory& factory, BenchReport report) {
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  const auto errors = report.errors;
  const auto value = ReportValue(std::move(report));
  printer->Object(value, kLines, "operation");
  if (errors == 0) return {};
  return Fail(Errc::kInternal,
              "The benchmark met " + std::to_string(errors) + " errors" +
                  (value.Text("firstError").empty() ? std::string(".")
                                                    : ", the first: " + value.Text("firstError")));
}

}  // namespace notify::cli::top_level
