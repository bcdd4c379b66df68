#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "common/clock.hpp"
#include "common/ids.hpp"
#include "common/secret.hpp"

/// Structured logs on stderr, one line an entry: JSON `{timestamp, level, messageTemplate,
/// properties}`, or a text that people read. A template's lines are limited in rate, so that no
/// loop fills a disk.
///
///     log::Info("FX quote created for tenant {TenantId}", {{"TenantId", tenant}, {"Amount",
///     1000}});
///
/// Threads: any; Configure and SetAmbient as they say.
namespace notify::log {

enum class Level : std::uint8_t { kDebug, kInformation, kWarning, kError };
enum class Format : std::uint8_t {
  kAuto,  ///< Text where stderr is a terminal, JSON elsewhere.
  kJson,
  kText,
};

/// What a line says about a name. Views what it is given: for the duration of the call only.
class Value {
 public:
  template <typename T>
  requires std::integral<T> || std::floating_point<T> Value(
      T value) {  // NOLINT(google-explicit-constructor)
    if constexpr (std::same_as<T, bool>) {
      value_ = value;
    } else if constexpr (std::floating_point<T>) {
      value_ = static_cast<double>(value);
    } else if constexpr (std::is_signed_v<T>) {
      value_ = static_cast<std::int64_t>(value);
    } else {
      value_ = static_cast<std::uint64_t>(value);
    }
  }
  template <typename T>
  requires std::convertible_to<const T&, std::string_view> Value(const T& text)
      : value_(std::string_view(text)) {}                                     // NOLINT
  Value(const TenantId& tenant) : value_(std::string_view(tenant.text())) {}  // NOLINT
  /// A secret cannot be logged.
  Value(const Secret&) = delete;

  using Variant = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;
  const Variant& variant() const { return value_; }

 private:
  Variant value_;
};

/// A property: `{"TenantId", tenant}`. Names are written in PascalCase.
struct Field {
  std::string_view name;
  Value value;
};

/// A message with `{Name}` where a property goes. A literal always: what comes from outside is a
/// property, never a part of a template.
class Template {
 public:
  template <std::size_t N>
  consteval Template(const char (&text)[N]) : text_(text, N - 1) {}  // NOLINT
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// How often one template may be written: `burst` lines at once, then `per_second`; what is left
/// out is counted in the property `Suppressed` of the template's next line. 0 per second: no limit.
struct RateLimit {
  std::uint32_t per_second = 100;
  std::uint32_t burst = 1000;
};

struct Options {
  Level level = Level::kInformation;
  Format format = Format::kAuto;
  RateLimit rate_limit;
  const Clock* clock = nullptr;  ///< Null: the system's. Must outlive all logging.
  /// Takes each line, with its line feed, on the thread that logs. Empty: stderr.
  std::function<void(std::string_view line)> sink;
};

/// Sets everything. Without it, warnings and errors go to stderr. Threads: before others log, or
/// when they have ended.
void Configure(Options options);
/// Changes the least level that is written. Threads: any, at any time.
void SetLevel(Level level);

/// Properties that every line of this thread has until the next call, unless the line has one of
/// the same name: TenantId, CorrelationId. Values are owned, names are literals.
struct AmbientField {
  std::string_view name;
  std::string value;
};
using Fields = std::vector<AmbientField>;
/// Null for none; returns what was set before. `fields` must live until it is replaced.
/// Threads: sets the calling thread's; agent/async does so on each resume.
const Fields* SetAmbient(const Fields* fields);

namespace internal {
extern std::atomic<Level> least_level;
void Write(Level level, std::string_view message_template, std::initializer_list<Field> fields);
}  // namespace internal

/// Whether a line of this level would be written: to skip expensive preparations.
inline bool Enabled(Level level) {
  return level >= internal::least_level.load(std::memory_order_relaxed);
}

inline void Debug(Template text, std::initializer_list<Field> fields = {}) {
  if (Enabled(Level::kDebug)) internal::Write(Level::kDebug, text.text(), fields);
}
inline void Info(Template text, std::initializer_list<Field> fields = {}) {
  if (Enabled(Level::kInformation)) internal::Write(Level::kInformation, text.text(), fields);
}
inline void Warning(Template text, std::initializer_list<Field> fields = {}) {
  if (Enabled(Level::kWarning)) internal::Write(Level::kWarning, text.text(), fields);
}
inline void Error(Template text, std::initializer_list<Field> fields = {}) {
  if (Enabled(Level::kError)) internal::Write(Level::kError, text.text(), fields);
}

}  // namespace notify::log
