#include "common/ids.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace notify {
namespace {

constexpr std::uint64_t kMaxJsonInteger = (std::uint64_t{1} << 53) - 1;

bool IsLabelChar(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

constexpr std::size_t kUuidText = 36;

void FormatUuid(std::span<const unsigned char, 16> bytes, std::span<char, kUuidText> text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    text[at++] = kHex[bytes[i] >> 4];
    text[at++] = kHex[bytes[i] & 15];
  }
}

std::string FormatUuid(std::span<const unsigned char, 16> bytes) {
  std::array<char, kUuidText> text{};
  FormatUuid(bytes, text);
  return std::string(text.data(), text.size());
}

std::uint64_t UnixMs(Clock::WallTime time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

/// Writes the moment, version and variant over what was drawn.
void MarkUuid7(std::span<unsigned char, 16> bytes, std::uint64_t ms) {
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x70);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
}

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || value > kMaxJsonInteger) return {};
  return value;
}

}  // namespace

Result<TenantId> TenantId::Parse(std::string_view text) {
  const bool valid = !text.empty() && text.size() <= 40 && IsLabelChar(text.front()) &&
                     IsLabelChar(text.back()) &&
                     std::ranges::all_of(text, [](char c) { return IsLabelChar(c) || c == '-'; });
  if (!valid) {
    return Fail(Errc::kTenantInvalid,
                "A tenant id has 1 to 40 of the characters a-z, 0-9 and '-', and begins and ends "
                "with a letter or digit.");
  }
  return TenantId(text);
}

bool IsReservedTenantName(std::string_view text) {
  constexpr std::array<std::string_view, 7> kReserved = {"platform", "default", "system", "admin",
                                                         "api",      "www",     "t"};
  return std::ranges::find(kReserved, text) != kReserved.end();
}

std::string Position::ToString() const {
  return std::to_string(epoch.value) + "-" + std::to_string(sequence.value);
}

Result<Position> Position::Parse(std::string_view text) {
  const auto dash = text.find('-');
  const auto epoch = dash == std::string_view::npos ? std::optional<std::uint64_t>(0)
                                                    : ParseNumber(text.substr(0, dash));
  const auto sequence = ParseNumber(dash == std::string_view::npos ? text : text.substr(dash + 1));
  if (!epoch || !sequence) {
    return Fail(Errc::kInvalidArgument, "'" + std::string(text.substr(0, 64)) +
                                            "' is not a position; write EPOCH-SEQUENCE, as in "
                                            "1760000000000-42, or a sequence alone.");
  }
  return Position{Epoch{*epoch}, Sequence{*sequence}};
}

std::string NewUuid7(const Clock& clock, Random& random) {
  std::array<unsigned char, 16> bytes{};
  random.Fill(std::as_writable_bytes(std::span(bytes)));
  MarkUuid7(bytes, UnixMs(clock.WallNow()));
  return FormatUuid(bytes);
}

void Uuid7Batch::At(Clock::WallTime now) { ms_ = UnixMs(now); }

std::string_view Uuid7Batch::Next() {
  if (used_ == kDrawn) {
    random_.Fill(std::as_writable_bytes(std::span(drawn_)));
    used_ = 0;
  }
  std::array<unsigned char, 16> bytes{};
  std::copy_n(drawn_.data() + 10 * used_++, 10, bytes.data() + 6);
  MarkUuid7(bytes, ms_);
  FormatUuid(bytes, text_);
  return {text_.data(), text_.size()};
}

std::string DerivedUuid(std::string_view name) {
  // UUIDv4 drawn once for this product; it is the namespace of every derived id and never changes.
  constexpr std::string_view kNamespace =
      "\x6b\x1e\x0c\x52\x9d\x3f\x4a\x77\x8a\x10\x5d\x2b\xe4\x97\xc1\x38";
  std::string input(kNamespace);
  input += name;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(input.data(), input.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 16> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x50);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  return FormatUuid(bytes);
}

}  // namespace notify
