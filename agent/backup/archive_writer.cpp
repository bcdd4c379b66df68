#include "agent/backup/archive_writer.hpp"

#include <utility>

namespace notify::agent::backup {

std::string ArchiveWriter::Begin(const archive::Member& member) {
  member_ = member;
  return archive::TarHeader(member_, modified_s_);
}

std::string ArchiveWriter::End() {
  digests_.emplace(member_.name, sum_.Finish());
  return archive::TarPadding(member_.size);
}

std::string ArchiveWriter::Whole(std::string name, std::string_view content) {
  std::string bytes = Begin({std::move(name), content.size()});
  Content(content);
  bytes += content;
  return bytes + End();
}

std::string ArchiveWriter::Finish() {
  std::string sums;
  for (const auto& [name, digest] : digests_) sums += digest + "  " + name + "\n";
  return Whole(std::string(archive::kChecksumsName), sums) + archive::TarEnd();
}

}  // namespace notify::agent::backup
