#include "agent/eventlog/journal/journal_reader.hpp"

#include <utility>

namespace notify::agent::eventlog {

Result<JournalBytes> JournalReader::Read(const std::string& base, const BlockPlace& place) {
  const std::string path = JournalPath(base, place.generation);
  auto found = open_.find(path);
  if (found == open_.end()) {
    auto file = files_.Open(path, async::FileSystem::Mode::kRead);
    if (!file) return file.error();
    found = open_.emplace(path, std::move(*file)).first;
  }
  JournalBytes read{std::string(place.bytes(), '\0'), place.block_bytes, place.keys_bytes};
  const auto got = found->second->ReadAt(place.offset, read.bytes);
  if (!got) return got.error();
  if (*got != read.bytes.size()) {
    return Fail(Errc::kInternal, "The journal " + path + " ends before a block of it.");
  }
  return read;
}

}  // namespace notify::agent::eventlog
