#include "agent/eventlog/journal/frame.hpp"

#include "agent/eventlog/blocks/crc32c.hpp"
#include "agent/eventlog/blocks/little_endian.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr std::string_view kMagic = "NJFR";
constexpr std::size_t kLengths = 1 + 3 * sizeof(std::uint32_t);

std::size_t BodyBytes(std::span<const FramedBlock> blocks) {
  std::size_t bytes = 0;
  for (const FramedBlock& each : blocks) {
    bytes +=
        kLengths + each.tenant.size() + each.block.size() + each.keys.size() + each.summary.size();
  }
  return bytes;
}

std::size_t Aligned(std::size_t bytes) {
  return (bytes + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
}

}  // namespace

std::size_t FrameBytes(std::span<const FramedBlock> blocks) {
  return Aligned(kFrameHeaderBytes + BodyBytes(blocks));
}

void AppendFrame(std::string& out, FrameHeader header, std::span<const FramedBlock> blocks,
                 std::vector<std::size_t>& places) {
  const std::size_t begin = out.size();
  header.body_bytes = static_cast<std::uint32_t>(BodyBytes(blocks));
  header.blocks = static_cast<std::uint32_t>(blocks.size());
  out.reserve(begin + Aligned(kFrameHeaderBytes + header.body_bytes));
  out.append(kFrameHeaderBytes, '\0');
  for (const FramedBlock& each : blocks) {
    Put(out, static_cast<std::uint8_t>(each.tenant.size()));
    Put(out, static_cast<std::uint32_t>(each.block.size()));
    Put(out, static_cast<std::uint32_t>(each.keys.size()));
    Put(out, static_cast<std::uint32_t>(each.summary.size()));
    out += each.tenant;
    places.push_back(out.size());
    out += each.block;
    out += each.keys;
    out += each.summary;
  }
  header.body_crc = Crc32c(std::string_view(out).substr(begin + kFrameHeaderBytes));

  std::string head(kMagic);
  Put(head, header.body_bytes);
  Put(head, header.generation);
  Put(head, header.number);
  Put(head, header.proven_before);
  Put(head, header.blocks);
  Put(head, header.body_crc);
  Put(head, std::uint32_t{0});
  Put(head, Crc32c(head));
  out.replace(begin, head.size(), head);
  out.resize(begin + Aligned(out.size() - begin), '\0');
}

std::optional<FrameHeader> ReadFrameHeader(std::string_view bytes) {
  if (bytes.size() < kFrameHeaderBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  constexpr std::size_t kChecked = kFrameHeaderBytes - sizeof(std::uint32_t);
  std::string_view crc = bytes.substr(kChecked);
  if (Take<std::uint32_t>(crc) != Crc32c(bytes.substr(0, kChecked))) return std::nullopt;
  bytes.remove_prefix(kMagic.size());
  FrameHeader header;
  header.body_bytes = Take<std::uint32_t>(bytes);
  header.generation = Take<std::uint64_t>(bytes);
  header.number = Take<std::uint64_t>(bytes);
  header.proven_before = Take<std::uint64_t>(bytes);
  header.blocks = Take<std::uint32_t>(bytes);
  header.body_crc = Take<std::uint32_t>(bytes);
  return header;
}

FrameBody ReadFrameBody(const FrameHeader& header, std::string_view body) {
  FrameBody read;
  if (body.size() < header.body_bytes) return read;
  body = body.substr(0, header.body_bytes);
  const bool checked = Crc32c(body) == header.body_crc;
  for (std::uint32_t i = 0; i < header.blocks; ++i) {
    if (body.size() < kLengths) return read;
    const std::size_t tenant = Take<std::uint8_t>(body);
    const std::size_t block = Take<std::uint32_t>(body);
    const std::size_t keys = Take<std::uint32_t>(body);
    const std::size_t summary = Take<std::uint32_t>(body);
    if (body.size() < tenant + block + keys + summary) return read;
    FramedBlock framed;
    framed.tenant = body.substr(0, tenant);
    framed.block = body.substr(tenant, block);
    framed.keys = body.substr(tenant + block, keys);
    framed.summary = body.substr(tenant + block + keys, summary);
    body.remove_prefix(tenant + block + keys + summary);
    read.blocks.push_back(framed);
  }
  read.whole = checked && body.empty();
  return read;
}

}  // namespace notify::agent::eventlog
