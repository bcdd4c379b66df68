#include "agent/store/master_key.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "agent/store/aead.hpp"
#include "common/encoding.hpp"

namespace notify::agent::store {
namespace {

constexpr std::size_t kLimit = 4096;

std::optional<std::string> FromHex(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else {
      return std::nullopt;
    }
    if (high < 0) {
      high = digit;
    } else {
      bytes += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  if (high >= 0) return std::nullopt;
  return bytes;
}

Result<Secret> Decode(std::string text, const KeySource& source) {
  const Secret whole(std::move(text));
  std::string_view bytes = whole.Reveal();
  if (bytes.size() == Aead::kKeyBytes) return whole;
  while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r')) bytes.remove_suffix(1);
  for (auto decoded : {FromHex(bytes), FromBase64(bytes), FromBase64Url(bytes)}) {
    if (decoded && decoded->size() == Aead::kKeyBytes) return Secret(std::move(*decoded));
  }
  return Fail(Errc::kInvalidArgument,
              "The master key from " + source.ToString() +
                  " is not 32 bytes, nor their base64 or hexadecimal text.",
              "Put the right key there, or take a copy of it from where it is kept.");
}

Error NotThere(const KeySource& source, const std::string& why) {
  return Fail(Errc::kNotFound, "There is no master key at " + source.ToString() + ": " + why,
              "Set security.master_key in notifyd.yaml to where the key is.");
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

Result<Secret> ReadMasterKey(const KeySource& source, async::FileSystem& files) {
  auto text = ReadText(source, files);
  if (!text) return text.error();
  return Decode(std::move(*text), source);
}

Result<Secret> CreateMasterKey(const std::string& path, async::FileSystem& files, Random& random) {
  std::string bytes(Aead::kKeyBytes, '\0');
  random.Fill(std::as_writable_bytes(std::span(bytes)));
  Secret key(std::move(bytes));
  if (auto written = files.WriteDurably(path, key.Reveal()); !written) return written.error();
  return key;
}

}  // namespace notify::agent::store
