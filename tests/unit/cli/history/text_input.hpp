#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "cli/history/input.hpp"

namespace notify::cli::testing_support {

/// A text in pieces of so many bytes, as a slow pipe would cut it.
class TextInput final : public history::Input {
 public:
  explicit TextInput(std::string text, std::size_t piece = 3)
      : text_(std::move(text)), piece_(piece) {}

  static std::unique_ptr<history::Input> Of(std::string text, std::size_t piece = 3) {
    return std::make_unique<TextInput>(std::move(text), piece);
  }

  Result<std::string> Next() override {
    std::string next = text_.substr(at_, piece_);
    at_ += next.size();
    return next;
  }
  std::uint64_t size() const override { return text_.size(); }

 private:
  const std::string text_;
  const std::size_t piece_;
  std::size_t at_ = 0;
};

}  // namespace notify::cli::testing_support
