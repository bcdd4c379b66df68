#include "tests/support/sim/sparse_image.hpp"

#include <algorithm>
#include <cstring>

namespace notify::testing_support::sim {

std::size_t SparseImage::Read(std::uint64_t offset, std::span<char> into) const {
  if (offset >= size_) return 0;
  const std::size_t wanted = std::min<std::uint64_t>(into.size(), size_ - offset);
  for (std::size_t done = 0; done < wanted;) {
    const std::size_t in_page = (offset + done) % kPage;
    const std::size_t piece = std::min(wanted - done, kPage - in_page);
    const auto& page = pages_[(offset + done) / kPage];
    if (page) {
      std::memcpy(into.data() + done, page->data() + in_page, piece);
    } else {
      std::memset(into.data() + done, 0, piece);
    }
    done += piece;
  }
  return wanted;
}

void SparseImage::Write(std::uint64_t offset, std::string_view bytes) {
  if (offset + bytes.size() > size_) Resize(offset + bytes.size());
  while (!bytes.empty()) {
    const std::size_t in_page = offset % kPage;
    const std::size_t piece = std::min(bytes.size(), kPage - in_page);
    const std::string_view part = bytes.substr(0, piece);
    const bool zeros = part.find_first_not_of('\0') == std::string_view::npos;
    if (!zeros || pages_[offset / kPage]) {
      std::memcpy(PageForWriting(offset / kPage).data() + in_page, part.data(), piece);
    }
    bytes.remove_prefix(piece);
    offset += piece;
  }
}

void SparseImage::Resize(std::uint64_t size) {
  const std::size_t tail = size % kPage;
  if (size < size_ && tail != 0 && pages_[size / kPage]) {
    Page& last = PageForWriting(size / kPage);
    std::fill(last.begin() + static_cast<std::ptrdiff_t>(tail), last.end(), '\0');
  }
  pages_.resize((size + kPage - 1) / kPage);
  size_ = size;
}

SparseImage::Page& SparseImage::PageForWriting(std::size_t index) {
  auto& page = pages_[index];
  if (!page) {
    page = std::make_shared<Page>();
  } else if (page.use_count() > 1) {
    page = std::make_shared<Page>(*page);
  }
  return *page;
}

}  // namespace notify::testing_support::sim
