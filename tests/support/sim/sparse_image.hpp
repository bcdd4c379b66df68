#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace notify::testing_support::sim {

/// The bytes of a file; what was never written is zero and costs nothing. Copies are cheap.
class SparseImage {
 public:
  std::uint64_t size() const { return size_; }
  /// Bytes read, fewer at the end.
  std::size_t Read(std::uint64_t offset, std::span<char> into) const;
  /// Grows the image where it ends before.
  void Write(std::uint64_t offset, std::string_view bytes);
  /// What is added is zero.
  void Resize(std::uint64_t size);

 private:
  static constexpr std::size_t kPage = 4096;
  using Page = std::array<char, kPage>;
  Page& PageForWriting(std::size_t index);

  std::uint64_t size_ = 0;
  std::vector<std::shared_ptr<Page>> pages_;  // Shared by copies until one of them writes.
};

}  // namespace notify::testing_support::sim
