#include "agent/telemetry/process_stats.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <vector>

namespace notify::agent::telemetry {
namespace {

// Indices of fields after the program's name, which is field 2 and may hold blanks (proc(5)).
constexpr std::size_t kUserTicks = 14 - 3;
constexpr std::size_t kSystemTicks = 15 - 3;
constexpr std::size_t kThreads = 20 - 3;
constexpr std::size_t kStartTicks = 22 - 3;
constexpr std::size_t kResidentPages = 24 - 3;

std::vector<std::string_view> SplitWords(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \n");
    if (begin == std::string_view::npos) return words;
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> BootTime(std::string_view system_stat) {
  constexpr std::string_view kKey = "\nbtime ";
  const std::size_t at = system_stat.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = system_stat.substr(at + kKey.size());
  return Number(rest.substr(0, rest.find('\n')));
}

// Files of /proc have no size, so they are read to their end.
std::string ReadAll(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::uint64_t CountOpenFds() {
  std::error_code error;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    ++count;
  }
  // Listing the folder opened one.
  return count > 0 ? count - 1 : 0;
}

}  // namespace

Result<ProcessStats> ParseProcessStats(std::string_view self_stat, std::string_view system_stat,
                                       const KernelUnits& units) {
  const Error bad = Fail(Errc::kUnavailable, "/proc/self/stat or /proc/stat has not its form");
  const std::size_t name_end = self_stat.rfind(')');
  if (name_end == std::string_view::npos) return bad;
  const std::vector<std::string_view> fields = SplitWords(self_stat.substr(name_end + 1));
  if (fields.size() <= kResidentPages) return bad;
  const auto user = Number(fields[kUserTicks]);
  const auto system = Number(fields[kSystemTicks]);
  const auto threads = Number(fields[kThreads]);
  const auto start = Number(fields[kStartTicks]);
  const auto resident = Number(fields[kResidentPages]);
  const auto boot = BootTime(system_stat);
  if (!user || !system || !threads || !start || !resident || !boot) return bad;
  const auto ticks = static_cast<double>(units.ticks_per_second);
  ProcessStats stats;
  stats.resident_bytes = *resident * units.page_bytes;
  stats.cpu_seconds = static_cast<double>(*user + *system) / ticks;
  stats.start_time_seconds = static_cast<double>(*boot) + static_cast<double>(*start) / ticks;
  stats.threads = *threads;
  return stats;
}

Result<ProcessStats> ReadProcessStats() {
  KernelUnits units;
  units.page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  units.ticks_per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  auto stats = ParseProcessStats(ReadAll("/proc/self/stat"), ReadAll("/proc/stat"), units);
  if (stats) stats->open_fds = CountOpenFds();
  return stats;
}

}  // namespace notify::agent::telemetry
