#include "common/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <memory>
#include <utility>

#include "common/utf8.hpp"

namespace notify::log {
namespace {

// A value that somebody outside chose must not decide how long a line is.
constexpr std::size_t kMaxText = 4096;

constexpr std::array<std::string_view, 4> kLevelNames = {"Debug", "Information", "Warning",
                                                         "Error"};
constexpr std::array<std::string_view, 4> kShortNames = {"debug", "info ", "warn ", "error"};

std::string_view Cut(std::string_view text) {
  if (text.size() <= kMaxText) return text;
  std::size_t size = kMaxText;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

void AppendHex(std::string& out, std::string_view prefix, unsigned char byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += prefix;
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

// Everything that a terminal or a line-based reader would act on is escaped: C0, DEL and C1, so
// that no value begins a line or moves a cursor.
void AppendEscaped(std::string& out, std::string_view text, bool json) {
  text = Cut(text);
  const bool valid = IsUtf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (byte >= 0x80 && !valid) {
      out += "\xEF\xBF\xBD";
    } else if (c1) {
      AppendHex(out, json ? "\\u00" : "\\x", static_cast<unsigned char>(text[++i]));
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      AppendHex(out, json ? "\\u00" : "\\x", byte);
    } else {
      if (json && (byte == '"' || byte == '\\')) out += '\\';
      out += text[i];
    }
  }
}

void AppendJson(std::string& out, std::string_view text) {
  out += '"';
  AppendEscaped(out, text, true);
  out += '"';
}

template <typename N>
void AppendNumber(std::string& out, N number) {
  std::array<char, 32> digits{};
  const auto [end, ec] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

void AppendValue(std::string& out, const Value& value, bool json) {
  std::visit(
      [&](auto content) {
        using T = decltype(content);
        if constexpr (std::is_same_v<T, std::string_view>) {
          json ? AppendJson(out, content) : AppendEscaped(out, content, false);
        } else if constexpr (std::is_same_v<T, bool>) {
          out += content ? "true" : "false";
        } else if constexpr (std::is_same_v<T, double>) {
          if (std::isfinite(content)) return AppendNumber(out, content);
          out += json ? "null" : "-";
        } else {
          AppendNumber(out, content);
        }
      },
      value.variant());
}

void AppendTime(std::string& out, Clock::WallTime time) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
  const std::time_t whole = seconds.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&whole, &parts);
  std::array<char, 32> text{};
  out.append(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts));
  const auto fraction = std::to_string((ms - seconds).count());
  out.append(3 - fraction.size(), '0').append(fraction).append("Z");
}

/// A line's properties: its own, then those of the thread that it does not have itself.
class Properties {
 public:
  Properties(std::initializer_list<Field> own, const Fields* ambient, std::uint32_t suppressed)
      : fields_(own) {
    if (ambient != nullptr) {
      for (const auto& [name, value] : *ambient) {
        if (Find(name) == nullptr) fields_.push_back({name, Value(value)});
      }
    }
    if (suppressed > 0) fields_.push_back({"Suppressed", Value(suppressed)});
  }

  const Value* Find(std::string_view name) const {
    const auto field = std::ranges::find(fields_, name, &Field::name);
    return field == fields_.end() ? nullptr : &field->value;
  }
  const std::vector<Field>& all() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

// Calls `literal` and `property` for the parts of a template in order; `{{` is a brace.
void WalkTemplate(std::string_view text, auto literal, auto property) {
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    literal(text.substr(0, open));
    text.remove_prefix(open);
    if (text.empty()) return;
    const auto close = text.find('}');
    if (text.starts_with("{{")) {
      literal(text.substr(0, 1));
      text.remove_prefix(2);
    } else if (close == std::string_view::npos) {
      return literal(text);
    } else {
      property(text.substr(1, close - 1));
      text.remove_prefix(close + 1);
    }
  }
}

std::string JsonLine(Level level, Clock::WallTime time, std::string_view text,
                     const Properties& properties) {
  std::string line = "{\"timestamp\":\"";
  AppendTime(line, time);
  line += "\",\"level\":\"";
  line += kLevelNames.at(static_cast<std::size_t>(level));
  line += "\",\"messageTemplate\":";
  AppendJson(line, text);
  line += ",\"properties\":{";
  bool first = true;
  for (const auto& [name, value] : properties.all()) {
    if (!first) line += ',';
    first = false;
    AppendJson(line, name);
    line += ':';
    AppendValue(line, value, true);
  }
  return line + "}}\n";
}

std::string TextLine(Level level, Clock::WallTime time, std::string_view text,
                     const Properties& properties) {
  std::string line;
  AppendTime(line, time);
  line += ' ';
  line += kShortNames.at(static_cast<std::size_t>(level));
  line += ' ';
  std::vector<std::string_view> shown;
  WalkTemplate(
      text, [&](std::string_view part) { line += part; },
      [&](std::string_view name) {
        const auto* value = properties.Find(name);
        if (value == nullptr) {
          line.append("{").append(name).append("}");
        } else {
          AppendValue(line, *value, false);
          shown.push_back(name);
        }
      });
  for (const auto& [name, value] : properties.all()) {
    if (std::ranges::find(shown, name) != shown.end()) continue;
    line.append("  ").append(name).append("=");
    AppendValue(line, value, false);
  }
  return line + "\n";
}

/// Token buckets by template, in a table of fixed size: templates that find no place of their own
/// share one. Lock-free.
class Limiter {
 public:
  void Configure(RateLimit limit) {
    interval_ = limit.per_second == 0 ? 0 : 1'000'000'000 / limit.per_second;
    tolerance_ = interval_ * std::max<std::int64_t>(limit.burst, 1);
    for (auto& slot : slots_) {
      slot.key = 0;
      slot.full_at = 0;
      slot.suppressed = 0;
    }
  }

  /// Whether the line is written; then `suppressed` is how many were not since the last.
  bool Admit(std::string_view text, std::int64_t now, std::uint32_t& suppressed) {
    if (interval_ == 0) return true;
    auto& slot = SlotOf(text);
    auto full_at = slot.full_at.load(std::memory_order_relaxed);
    for (;;) {
      const auto next = std::max(full_at, now) + interval_;
      if (next - now > tolerance_) {
        slot.suppressed.fetch_add(1, std::memory_order_relaxed);
        return false;
      }
      if (slot.full_at.compare_exchange_weak(full_at, next, std::memory_order_relaxed)) break;
    }
    suppressed = slot.suppressed.exchange(0, std::memory_order_relaxed);
    return true;
  }

 private:
  struct Slot {
    std::atomic<std::size_t> key = 0;
    std::atomic<std::int64_t> full_at = 0;
    std::atomic<std::uint32_t> suppressed = 0;
  };

  Slot& SlotOf(std::string_view text) {
    const std::size_t key = std::hash<std::string_view>{}(text) | 1;
    for (std::size_t probe = 0; probe < 8; ++probe) {
      auto& slot = slots_[(key / 2 + probe) % slots_.size()];
      std::size_t owner = 0;
      if (slot.key.compare_exchange_strong(owner, key) || owner == key) return slot;
    }
    return slots_[key / 2 % slots_.size()];
  }

  std::int64_t interval_ = 10'000'000;
  std::int64_t tolerance_ = 10'000'000'000;
  std::array<Slot, 1024> slots_;
};

/// What Configure sets.
struct State {
  Format format = isatty(STDERR_FILENO) == 1 ? Format::kText : Format::kJson;
  const Clock* clock = nullptr;
  std::function<void(std::string_view)> sink;
  Limiter limiter;
  // spdlog's own ownership of sinks and loggers.
  std::shared_ptr<spdlog::logger> logger = MakeLogger();

  static std::shared_ptr<spdlog::logger> MakeLogger() {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>("notifyd", std::move(sink));
    logger->set_pattern("%v", spdlog::pattern_time_type::utc);
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    return logger;
  }
};

// Logging is the one thing that every line of the program may do without being handed it.
State& TheState() {
  static State state;
  return state;
}

thread_local const Fields* ambient_fields = nullptr;

}  // namespace

namespace internal {

constinit std::atomic<Level> least_level = Level::kWarning;

void Write(Level level, std::string_view message_template, std::initializer_list<Field> fields) {
  auto& state = TheState();
  const auto& clock = state.clock != nullptr ? *state.clock : SystemClock();
  std::uint32_t suppressed = 0;
  const auto now = clock.Now().time_since_epoch().count();
  if (!state.limiter.Admit(message_template, now, suppressed)) return;
  const Properties properties(fields, ambient_fields, suppressed);
  const auto make = state.format == Format::kJson ? JsonLine : TextLine;
  auto line = make(level, clock.WallNow(), message_template, properties);
  if (state.sink) return state.sink(line);
  line.pop_back();  // spdlog ends the line itself.
  state.logger->log(spdlog::level::info, line);
}

}  // namespace internal

void Configure(Options options) {
  auto& state = TheState();
  state.format = options.format;
  if (options.format == Format::kAuto) {
    state.format = isatty(STDERR_FILENO) == 1 ? Format::kText : Format::kJson;
  }
  state.clock = options.clock;
  state.sink = std::move(options.sink);
  state.limiter.Configure(options.rate_limit);
  SetLevel(options.level);
}

void SetLevel(Level level) { internal::least_level.store(level, std::memory_order_relaxed); }

const Fields* SetAmbient(const Fields* fields) { return std::exchange(ambient_fields, fields); }

}  // namespace notify::log
