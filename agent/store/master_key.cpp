#include "agent/store/master_key.hpp"

#include <optional>
#include <string>

#include "agent/store/aead.hpp"
#include "agent/store/key_source.hpp"
#include "common/encoding.hpp"

namespace notify::agent::store {
namespace {

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

}  // namespace

Result<Secret> ReadMasterKey(const KeySource& source, async::FileSystem& files) {
  auto text = ReadKeySource(source, files);
  if (!text) return text.error();
  return Decode(std::string(text->Reveal()), source);
}

Result<Secret> CreateMasterKey(const std::string& path, async::FileSystem& files, Random& random) {
  std::string bytes(Aead::kKeyBytes, '\0');
  random.Fill(std::as_writable_bytes(std::span(bytes)));
  Secret key(std::move(bytes));
  if (auto written = files.WriteDurably(path, key.Reveal()); !written) return written.error();
  return key;
}

}  // namespace notify::agent::store
