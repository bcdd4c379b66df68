#include "common/archive/tar.hpp"

#include <algorithm>
#include <optional>

namespace notify::archive {
namespace {

constexpr std::size_t kBlock = 512;

// Places of the fields (POSIX.1-1988, `ustar`).
struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUid{108, 8};
constexpr Field kGid{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kTime{136, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kType = 156;
constexpr Field kMagic{257, 8};
constexpr std::string_view kUstar{"ustar\00000", 8};
constexpr std::uint64_t kMostOctal = (1ULL << 33U) - 1;

void PutText(std::string& block, Field field, std::string_view text) {
  block.replace(field.offset, text.size(), text);
}

/// Octal digits up to the field's last byte, which ends them.
void PutOctal(std::string& block, Field field, std::uint64_t value) {
  for (std::size_t i = field.size - 1; i-- > 0; value >>= 3U) {
    block[field.offset + i] = static_cast<char>('0' + (value & 7U));
  }
}

void PutSize(std::string& block, std::uint64_t size) {
  if (size <= kMostOctal) {
    PutOctal(block, kSize, size);
    return;
  }
  for (std::size_t i = kSize.size; i-- > 0; size >>= 8U) {
    block[kSize.offset + i] = static_cast<char>(size & 0xFFU);
  }
  block[kSize.offset] = static_cast<char>(0x80);
}

std::string_view Text(std::string_view block, Field field) {
  const std::string_view text = block.substr(field.offset, field.size);
  return text.substr(0, std::min(text.find('\0'), text.size()));
}

std::optional<std::uint64_t> Octal(std::string_view block, Field field) {
  std::uint64_t value = 0;
  std::size_t digits = 0;
  for (const char c : Text(block, field)) {
    if (c == ' ') continue;
    if (c < '0' || c > '7') return std::nullopt;
    value = value << 3U | static_cast<std::uint64_t>(c - '0');
    ++digits;
  }
  return digits == 0 ? std::nullopt : std::optional(value);
}

std::optional<std::uint64_t> Size(std::string_view block) {
  if (static_cast<unsigned char>(block[kSize.offset]) != 0x80) return Octal(block, kSize);
  std::uint64_t value = 0;
  for (std::size_t i = 1; i < kSize.size; ++i) {
    if (value >> 56U != 0) return std::nullopt;
    value = value << 8U | static_cast<unsigned char>(block[kSize.offset + i]);
  }
  return value;
}

/// The sum of all bytes, those of the checksum counted as blanks.
std::uint64_t Checksum(std::string_view block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool own = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size;
    sum += own ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

bool IsZero(std::string_view block) {
  return std::ranges::all_of(block, [](char c) { return c == '\0'; });
}

Result<Member> ReadHeader(std::string_view block) {
  if (Octal(block, kChecksum) != Checksum(block)) {
    return Fail(Errc::kInvalidArgument, "This is not a backup, or it is damaged: a header's sum.");
  }
  Member member{std::string(Text(block, kName)), 0};
  const bool printable =
      std::ranges::all_of(member.name, [](char c) { return c > ' ' && c < '\x7f'; });
  const auto size = Size(block);
  if (member.name.empty() || !printable || !size || (block[kType] != '0' && block[kType] != '\0')) {
    return Fail(Errc::kInvalidArgument, "The archive has a member that no backup has.");
  }
  member.size = *size;
  return member;
}

std::size_t PaddingOf(std::uint64_t size) { return (kBlock - size % kBlock) % kBlock; }

}  // namespace

std::string TarHeader(const Member& member, std::int64_t modified_s) {
  std::string block(kBlock, '\0');
  PutText(block, kName, member.name);
  PutOctal(block, kMode, 0600);
  PutOctal(block, kUid, 0);
  PutOctal(block, kGid, 0);
  PutSize(block, member.size);
  PutOctal(block, kTime, static_cast<std::uint64_t>(std::max<std::int64_t>(modified_s, 0)));
  block[kType] = '0';
  PutText(block, kMagic, kUstar);
  PutOctal(block, {kChecksum.offset, 7}, Checksum(block));
  block[kChecksum.offset + 7] = ' ';
  return block;
}

std::string TarPadding(std::uint64_t size) { return std::string(PaddingOf(size), '\0'); }

std::string TarEnd() { return std::string(2 * kBlock, '\0'); }

Status TarReader::Feed(std::string_view bytes) {
  while (!bytes.empty() && !done_) {
    if (left_ > 0) {
      const auto piece = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
      if (auto taken = sink_.Data(piece); !taken) return taken;
      left_ -= piece.size();
      bytes.remove_prefix(piece.size());
      if (left_ > 0) continue;
      if (auto ended = sink_.End(); !ended) return ended;
    } else if (padding_ > 0) {
      const std::size_t skipped = std::min(padding_, bytes.size());
      padding_ -= skipped;
      bytes.remove_prefix(skipped);
    } else {
      const std::size_t taken = bytes.copy(block_.data() + filled_, kBlock - filled_);
      filled_ += taken;
      bytes.remove_prefix(taken);
      if (filled_ < kBlock) continue;
      filled_ = 0;
      if (auto read = TakeBlock(); !read) return read;
    }
  }
  return {};
}

Status TarReader::TakeBlock() {
  const std::string_view block(block_.data(), kBlock);
  if (IsZero(block)) {
    done_ = true;
    return {};
  }
  const auto member = ReadHeader(block);
  if (!member) return member.error();
  return BeginMember(*member);
}

Status TarReader::BeginMember(const Member& member) {
  if (auto begun = sink_.Begin(member); !begun) return begun;
  left_ = member.size;
  padding_ = PaddingOf(member.size);
  return left_ > 0 ? Status() : sink_.End();
}

}  // namespace notify::archive
