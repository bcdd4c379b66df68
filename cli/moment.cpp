#include "cli/moment.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <set>

#include "cli/files.hpp"
#include "common/model/rfc3339.hpp"
#include "common/units.hpp"

namespace notify::cli {
namespace {

constexpr std::string_view kHelp = "--at 2026-06-30T09:00 --tz Europe/Berlin, or --in 10m";

Error Wrong(std::string detail, std::string hint = std::string(kHelp)) {
  return Fail(Errc::kUsage, std::move(detail), std::move(hint));
}

/// The system's time zone rules for one zone, as long as it lives. Threads: one.
class ZoneRules {
 public:
  explicit ZoneRules(const std::string& zone) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    ::setenv("TZ", (":" + zone).c_str(), 1);
    ::tzset();
  }
  ~ZoneRules() {
    if (before_) {
      ::setenv("TZ", before_->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }
  ZoneRules(const ZoneRules&) = delete;
  ZoneRules& operator=(const ZoneRules&) = delete;

  /// Seconds that the zone is ahead of UTC.
  static long OffsetAt(std::time_t moment) {
    std::tm local{};
    ::localtime_r(&moment, &local);
    return local.tm_gmtoff;
  }

 private:
  std::optional<std::string> before_;
};

bool IsZone(const std::string& zone) {
  const bool named = !zone.empty() && zone.front() != '/' && zone.find("..") == std::string::npos &&
                     std::ranges::all_of(zone, [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-' ||
                              c == '+';
                     });
  if (!named) return false;
  const char* folder = std::getenv("TZDIR");
  return zone == "UTC" ||
         FileExists(std::string(folder == nullptr ? "/usr/share/zoneinfo" : folder) + "/" + zone);
}

/// A date and a time of day without an offset, as if it were UTC.
std::optional<std::time_t> ParseLocal(std::string text) {
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  if (text.size() == 16) text += ":00";
  const auto moment = ParseRfc3339(text + "Z");
  if (!moment) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*moment).time_since_epoch().count();
}

Result<Clock::WallTime> InZone(const std::string& text, const std::string& zone) {
  if (!IsZone(zone)) {
    return Wrong("--tz: \"" + zone + "\" is not a time zone that this system knows.",
                 "a name such as Europe/Berlin or America/New_York; the package tzdata has them");
  }
  const auto local = ParseLocal(text);
  if (!local) return Wrong("--at: \"" + text + "\" is not a time.");
  const ZoneRules rules(zone);
  // What the zone has a day before and after covers a change in between.
  constexpr std::time_t kDay = 86'400;
  std::set<std::time_t> moments;
  for (const std::time_t around : {*local - kDay, *local + kDay}) {
    const std::time_t moment = *local - ZoneRules::OffsetAt(around);
    if (moment + ZoneRules::OffsetAt(moment) == *local) moments.insert(moment);
  }
  if (moments.empty()) {
    return Wrong("--at: the clocks of " + zone + " skip " + text + ".",
                 "choose an hour before or after it");
  }
  if (moments.size() > 1) {
    return Wrong("--at: the clocks of " + zone + " show " + text + " twice.",
                 "write the offset instead of --tz: " +
                     FormatRfc3339(Clock::WallTime(std::chrono::seconds(*moments.begin()))) +
                     " or " +
                     FormatRfc3339(Clock::WallTime(std::chrono::seconds(*moments.rbegin()))));
  }
  return Clock::WallTime(std::chrono::seconds(*moments.begin()));
}

}  // namespace

Result<std::string> ResolveWhen(const When& when, Clock::WallTime now) {
  if (when.at.empty() == when.in.empty()) {
    return Wrong(when.at.empty() ? "--tz needs a time: --at." : "Give either --at or --in.");
  }
  if (!when.in.empty()) {
    if (!when.zone.empty()) return Wrong("--tz goes with --at, not with --in.");
    const auto duration = ParseDuration(when.in);
    if (!duration) return Wrong("--in: " + duration.error().detail);
    return FormatRfc3339(now + *duration);
  }
  if (const auto moment = ParseRfc3339(when.at)) {
    if (!when.zone.empty()) return Wrong("--at has an offset already; leave --tz out.");
    return FormatRfc3339(*moment);
  }
  if (when.zone.empty()) {
    return Wrong(ParseLocal(when.at) ? "--at: of which time zone?"
                                     : "--at: \"" + when.at + "\" is not a time.");
  }
  const auto moment = InZone(when.at, when.zone);
  if (!moment) return moment.error();
  return FormatRfc3339(*moment);
}

}  // namespace notify::cli
