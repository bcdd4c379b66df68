#include "cli/output/progress.hpp"

#include <algorithm>

namespace notify::cli::output {

Progress::Progress(Streams& streams, std::string what, std::uint64_t total)
    : streams_(streams), what_(std::move(what)), total_(std::max<std::uint64_t>(total, 1)) {}

Progress::~Progress() {
  if (shown_ >= 0) streams_.Err("\r\x1b[K");
}

void Progress::Update(std::uint64_t done) {
  if (!streams_.err_is_terminal()) return;
  const auto percent = static_cast<int>(std::min(done, total_) * 100 / total_);
  if (percent == shown_) return;
  shown_ = percent;
  constexpr int kCells = 30;
  const auto filled = static_cast<std::size_t>(percent * kCells / 100);
  streams_.Err("\r" + what_ + " [" + std::string(filled, '#') + std::string(kCells - filled, '.') +
               "] " + std::to_string(percent) + " %");
}

}  // namespace notify::cli::output
