#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/ids.hpp"

namespace notify::agent::eventlog {

/// Frames begin at multiples of this, so that a reader finds the next one behind a damaged one.
constexpr std::size_t kFrameAlignment = 512;

/// One block of a commit, as the journal holds it. Views.
struct FramedBlock {
  std::string_view tenant;
  std::string_view block;    ///< EncodeBlock: epoch, numbers and time stand in its header.
  std::string_view keys;     ///< BlockToCommit::keys.
  std::string_view summary;  ///< BlockSummary::Encode.
};

/// What stands in front of a frame's blocks. A frame is one commit: written and synced as a whole.
struct FrameHeader {
  std::uint64_t generation = 0;  ///< Counts the uses of the journal's two files, by turns.
  std::uint64_t number = 0;      ///< Of the commit within the generation, from 0.
  /// How many commits of the generation before were proven: what a failed sync left behind them
  /// never was.
  std::uint64_t proven_before = 0;
  std::uint32_t body_bytes = 0;
  std::uint32_t blocks = 0;
  std::uint32_t body_crc = 0;
};
constexpr std::size_t kFrameHeaderBytes = 48;

/// What a frame with these blocks takes, alignment included.
std::size_t FrameBytes(std::span<const FramedBlock> blocks);

/// Appends a frame to `out`, which ends at a multiple of kFrameAlignment; `places` gets where each
/// block begins in `out`.
void AppendFrame(std::string& out, FrameHeader header, std::span<const FramedBlock> blocks,
                 std::vector<std::size_t>& places);

/// The header at the front of `bytes`; nothing where they are none or it is damaged.
std::optional<FrameHeader> ReadFrameHeader(std::string_view bytes);

/// The blocks of a frame's body, and whether the body is whole. What cannot be told apart is left
/// out.
struct FrameBody {
  std::vector<FramedBlock> blocks;
  bool whole = false;
};
FrameBody ReadFrameBody(const FrameHeader& header, std::string_view body);

}  // namespace notify::agent::eventlog
