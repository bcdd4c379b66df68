#include "cli/migrate/spool.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace notify::cli::migrate {

Status Spool::Add(const std::string& path, std::string_view line) {
  std::string& text = waiting_[path];
  text += line;
  text += '\n';
  bytes_ += line.size() + 1;
  return bytes_ < kMostWaiting ? Status() : Flush();
}

Status Spool::Flush() {
  for (auto& [path, text] : waiting_) {
    if (text.empty()) continue;
    std::ofstream file(path, std::ios::binary | std::ios::app);
    file << text;
    file.close();
    if (!file) {
      return Fail(Errc::kInvalidArgument,
                  "Cannot write " + path + ": " + std::strerror(errno) + ".");
    }
  }
  waiting_.clear();
  bytes_ = 0;
  return {};
}

}  // namespace notify::cli::migrate
