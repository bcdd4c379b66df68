#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cli/history/input.hpp"

namespace notify::cli::history {

/// An Input as a text with a place in it.
///
/// Threads: one at a time.
class ByteReader {
 public:
  explicit ByteReader(std::unique_ptr<Input> input) : input_(std::move(input)) {}

  /// What is there and not yet taken; reads more where that is nothing. Empty at the end.
  Result<std::string_view> Peek() {
    if (at_ == piece_.size()) {
      auto next = input_->Next();
      if (!next) return next.error();
      piece_ = std::move(*next);
      at_ = 0;
    }
    return std::string_view(piece_).substr(at_);
  }

  /// Takes `count` bytes of what Peek gave.
  void Take(std::size_t count) {
    at_ += count;
    taken_ += count;
  }

  std::uint64_t taken() const { return taken_; }

 private:
  std::unique_ptr<Input> input_;
  std::string piece_;
  std::size_t at_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace notify::cli::history
