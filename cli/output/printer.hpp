#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/output/format.hpp"
#include "cli/streams.hpp"
#include "cli/value.hpp"
#include "common/result.hpp"

namespace notify::cli::output {

/// One column of a table, or one line of an object shown to people.
struct Column {
  std::string_view title;
  std::string_view path;   ///< Where the value lies: "config.hub.payload".
  bool wide_only = false;  ///< Shown with `-o wide` and in an object's lines.
};

/// Prints data on standard output in the format that was asked for.
///
/// Lifetime: `streams` outlives it. Threads: one at a time.
class Printer {
 public:
  Printer(Streams& streams, Format format) : streams_(streams), format_(format) {}

  Format format() const { return format_; }
  bool machine_readable() const { return IsMachineReadable(format_); }

  /// One object: lines of `title  value` for people, the whole object in the other formats.
  /// `-o name` prints the member `name_path`.
  void Object(const Value& object, std::span<const Column> columns, std::string_view name_path);

  /// A list, `{"items", "next"}` in JSON and YAML; `next` is null or a cursor. For people an empty
  /// list says `empty` on standard error, and a list that goes on says how to see more.
  void List(const Value& page, std::span<const Column> columns, std::string_view name_path,
            std::string_view empty);

  /// A sentence for people, on standard error; nothing in the other formats.
  void Note(std::string_view sentence);

 private:
  Streams& streams_;
  Format format_;
};

}  // namespace notify::cli::output
