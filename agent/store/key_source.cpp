#include "agent/store/key_source.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace notify::agent::store {
namespace {

constexpr std::size_t kLimit = 64 << 10;

Error NotThere(const KeySource& source, const std::string& why) {
  return Fail(Errc::kNotFound, "There is no key at " + source.ToString() + ": " + why,
              "Say in notifyd.yaml where the key is: file:, env:, credential: or command:.");
}

Result<std::string> RunCommand(const KeySource& source) {
  struct Close {
    void operator()(std::FILE* pipe) const { ::pclose(pipe); }
  };
  std::unique_ptr<std::FILE, Close> pipe(::popen(source.value.c_str(), "re"));
  if (!pipe) return NotThere(source, "the command cannot be started.");
  std::string output;
  std::array<char, 512> part{};
  while (const std::size_t got = std::fread(part.data(), 1, part.size(), pipe.get())) {
    output.append(part.data(), got);
    if (output.size() > kLimit) break;
  }
  if (const int status = ::pclose(pipe.release()); status != 0) {
    return Fail(
        Errc::kInvalidArgument,
        "The command of " + source.ToString() + " failed (status " + std::to_string(status) + ").",
        "Run it by hand as the agent's user.");
  }
  return output;
}

Result<std::string> ReadText(const KeySource& source, async::FileSystem& files) {
  switch (source.kind) {
    case KeySource::Kind::kFile: {
      if (!files.Exists(source.value)) return NotThere(source, "there is no such file.");
      return files.ReadAll(source.value, kLimit);
    }
    case KeySource::Kind::kEnv: {
      const char* const value = std::getenv(source.value.c_str());
      if (value == nullptr) return NotThere(source, "the variable is not set.");
      return std::string(value);
    }
    case KeySource::Kind::kCredential: {
      const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
      if (folder == nullptr) return NotThere(source, "$CREDENTIALS_DIRECTORY is not set.");
      const std::string path = std::string(folder) + "/" + source.value;
      if (!files.Exists(path)) return NotThere(source, "there is no " + path + ".");
      return files.ReadAll(path, kLimit);
    }
    case KeySource::Kind::kCommand:
      return RunCommand(source);
  }
  return NotThere(source, "the source is not known.");
}

}  // namespace

Result<Secret> ReadKeySource(const KeySource& source, async::FileSystem& files) {
  auto text = ReadText(source, files);
  if (!text) return text.error();
  return Secret(std::move(*text));
}

}  // namespace notify::agent::store
