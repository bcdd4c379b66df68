#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace notify::template_engine {

/// Memory that is taken piece by piece and given back in the reverse order, all at once.
///
/// Small renders live in its inline part and never reach the heap. `Allocate` answers null past
/// the budget. Holds trivially destructible things only.
///
/// Threads: one at a time.
template <std::size_t kInline>
class BasicArena {
 public:
  struct Mark {
    std::size_t chunk = 0;
    std::size_t used = 0;
  };

  explicit BasicArena(std::size_t budget) : left_(budget) {}
  BasicArena(const BasicArena&) = delete;
  BasicArena& operator=(const BasicArena&) = delete;

  void* Allocate(std::size_t bytes) {
    bytes = (bytes + 7U) & ~std::size_t{7};
    if (bytes > size_ - at_.used && !Grow(bytes)) return nullptr;
    void* memory = base_ + at_.used;
    at_.used += bytes;
    return memory;
  }

  template <typename T>
  T* Make(const T& value) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
    void* memory = Allocate(sizeof(T));
    return memory == nullptr ? nullptr : new (memory) T(value);
  }

  template <typename T>
  T* MakeArray(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
    void* memory = Allocate(count == 0 ? 1 : count * sizeof(T));
    return memory == nullptr ? nullptr : new (memory) T[count == 0 ? 1 : count]{};
  }

  Mark mark() const { return at_; }

  /// Gives back everything taken since `mark`.
  void Release(Mark mark) {
    if (mark.chunk != at_.chunk) Select(mark.chunk);
    at_.used = mark.used;
  }

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size = 0;
  };

  bool Grow(std::size_t bytes) {
    while (at_.chunk < chunks_.size()) {
      Select(at_.chunk + 1);
      if (bytes <= size_) return true;
    }
    std::size_t size = chunks_.empty() ? 4096 : chunks_.back().size * 2;
    if (size < bytes) size = bytes;
    if (size > left_) size = bytes;
    if (size > left_) return false;
    left_ -= size;
    chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
    Select(chunks_.size());
    return true;
  }

  void Select(std::size_t chunk) {
    at_ = {chunk, 0};
    base_ = chunk == 0 ? inline_ : chunks_[chunk - 1].memory.get();
    size_ = chunk == 0 ? sizeof inline_ : chunks_[chunk - 1].size;
  }

  std::size_t left_;
  Mark at_;
  std::vector<Chunk> chunks_;
  std::byte* base_ = inline_;
  std::size_t size_ = sizeof inline_;
  alignas(8) std::byte inline_[kInline];
};

/// What one render works in.
using Scratch = BasicArena<4096>;

/// What parsed data and parsed templates live in.
using Arena = BasicArena<64>;

/// A copy of `text` in `arena`, or a view of nothing past its budget.
template <std::size_t kInline>
std::string_view CopyText(BasicArena<kInline>& arena, std::string_view text) {
  char* copy = arena.template MakeArray<char>(text.size());
  if (copy == nullptr) return {};
  text.copy(copy, text.size());
  return {copy, text.size()};
}

}  // namespace notify::template_engine
