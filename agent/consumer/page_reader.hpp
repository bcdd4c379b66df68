#pragma once

#include <cstddef>
#include <optional>

#include "agent/flow/event_source.hpp"

namespace notify::agent::consumer {

/// One page of the log, read ahead, and how far it was gone through.
///
/// Lifetime: a value type.
/// Threads:  one.
class PageReader {
 public:
  static constexpr std::size_t kPageBytes = 256 * 1024;

  /// One event of the page.
  struct Event {
    const CommittedBatch* batch = nullptr;
    std::size_t index = 0;
    Position position;
  };

  /// Takes a page that was read behind `from`.
  void Take(Position from, ReadPage page);
  void Drop() { page_ = {}; }

  /// Whether the page says what comes behind `cursor`.
  bool Covers(Position cursor) const;
  /// The next event behind `cursor`; nothing at the page's end.
  std::optional<Event> Next(Position cursor);
  /// Up to where there is nothing more to see.
  Position end() const { return page_.after; }

 private:
  ReadPage page_;
  Position from_;
  std::size_t batch_ = 0;
};

}  // namespace notify::agent::consumer
