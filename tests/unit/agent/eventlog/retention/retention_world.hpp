#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "agent/async/run_on.hpp"
#include "tests/unit/agent/eventlog/log_fixture.hpp"

namespace notify::agent::eventlog {

/// Events stay for an hour, however small the log is.
inline LogOptions OneHour() {
  LogOptions options;
  options.retention.max_age = std::chrono::hours(1);
  options.retention.keep_bytes = 0;
  return options;
}

/// A holder whose needs a test sets.
class Holder final : public RetentionHold {
 public:
  explicit Holder(async::Executor& platform) : platform_(platform) {}
  async::Task<Result<std::vector<HeldEvents>>> HeldBy(TenantHandle tenant) override {
    async::CallOn here(platform_, [&]() -> Result<std::vector<HeldEvents>> {
      ++asked;
      if (fails) return Fail(Errc::kInternal, "Nobody knows.");
      return tenant.id().text() == "blue" ? held : std::vector<HeldEvents>();
    });
    co_return co_await here;
  }
  std::vector<HeldEvents> held;
  bool fails = false;
  int asked = 0;

 private:
  async::Executor& platform_;
};

/// A log of which events get too old.
class RetentionWorld : public LogFixture {
 public:
  explicit RetentionWorld(std::uint64_t seed = 1, LogOptions options = OneHour())
      : LogFixture(seed, options) {}

  /// Appends events that are a block each, and has them moved to the tenant's segments.
  void Store(const std::vector<std::string>& ids, const std::string& tenant = "blue") {
    for (const std::string& id : ids) {
      ASSERT_TRUE(Append({{id, Noise()}}, tenant).has_value()) << id;
    }
    Rest();
  }

  /// Data that does not compress well; a large block's worth of it.
  std::string Noise(std::size_t bytes = 140'000) {
    std::string text = "\"";
    while (text.size() < bytes) text += std::to_string(random_.Next());
    return text + "\"";
  }

  void Hold(std::string holder, std::uint64_t after) {
    holder_.held = {
        {std::move(holder), {Epoch{0}, Sequence{after}}, std::numeric_limits<std::int64_t>::min()}};
  }

  LogHead Head(const std::string& tenant = "blue") {
    return *runtime_->Run(log_->Head(Tenant(tenant)));
  }
  std::uint64_t First(const std::string& tenant = "blue") { return Head(tenant).first.value; }

  std::size_t Segments(const std::string& tenant = "blue") {
    const auto names = disk_.List("/data/" + tenant + "/log");
    return static_cast<std::size_t>(std::ranges::count_if(
        *names, [](const std::string& name) { return name.ends_with(".seg"); }));
  }

  static TenantHandle TenantWith(const std::function<void(TenantRecord&)>& change,
                                 const std::string& name = "blue") {
    TenantRecord record = Tenant(name).record();
    ++record.revision;
    change(record);
    return testing_support::TenantHandleOf(std::move(record));
  }

  Holder holder_{runtime_->platform()};
};

}  // namespace notify::agent::eventlog
