#include "agent/async/file.hpp"

namespace notify::agent::async {

Status File::Append(std::string_view bytes) {
  const auto size = Size();
  if (!size) return size.error();
  return WriteAt(*size, bytes);
}

Result<std::string> FileSystem::ReadAll(const std::string& path, std::uint64_t limit) {
  auto file = Open(path, Mode::kRead);
  if (!file) return file.error();
  const auto size = (*file)->Size();
  if (!size) return size.error();
  if (*size > limit) {
    return Fail(Errc::kInvalidArgument,
                path + " is larger than " + std::to_string(limit) + " bytes.");
  }
  std::string bytes(*size, '\0');
  const auto got = (*file)->ReadAt(0, bytes);
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

Status FileSystem::WriteDurably(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".new";
  {
    auto file = Open(temporary, Mode::kCreate);
    if (!file) return file.error();
    if (auto done = (*file)->Truncate(0); !done) return done;
    if (auto done = (*file)->WriteAt(0, bytes); !done) return done;
    if (auto done = (*file)->Sync(); !done) return done;
  }
  if (auto done = Rename(temporary, path); !done) return done;
  const auto slash = path.rfind('/');
  return SyncFolder(slash == std::string::npos ? "." : path.substr(0, slash));
}

}  // namespace notify::agent::async
