// A peer's bytes to both roles: however they are cut, the same events come out; and what a reader
// accepts, a writer writes again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/utf8.hpp"
#include "common/websocket/handshake.hpp"
#include "common/websocket/message_reader.hpp"

namespace {

using namespace notify::websocket;

struct Seen {
  EventKind kind;
  bool compressed;
  CloseCode code;
  std::string payload;

  bool operator==(const Seen&) const = default;
};

void Require(bool holds) {
  if (!holds) std::abort();
}

std::vector<Seen> Read(std::string bytes, std::size_t piece, const ReaderOptions& options) {
  MessageReader reader(options);
  std::vector<Seen> seen;
  for (std::size_t start = 0; start < bytes.size(); start += piece) {
    std::span<char> input = std::span(bytes).subspan(start);
    input = input.first(std::min(piece, input.size()));
    for (Event e = reader.Next(input); e.kind != EventKind::kNone; e = reader.Next(input)) {
      Require(!reader.Ended() || e.kind == EventKind::kClose || e.kind == EventKind::kFailed);
      seen.push_back({e.kind, e.compressed, e.code, std::string(e.payload)});
    }
    Require(input.empty());
  }
  return seen;
}

void CheckContent(const Seen& seen, const ReaderOptions& options) {
  if (seen.kind == EventKind::kText && !seen.compressed) Require(notify::IsUtf8(seen.payload));
  if (seen.kind == EventKind::kText || seen.kind == EventKind::kBinary) {
    Require(seen.payload.size() <= options.max_message_bytes);
  }
  if (seen.kind == EventKind::kFailed) Require(MayBeSent(seen.code));
}

// The same events, written as single frames of the other side's role.
void CheckWrittenAgain(const std::vector<Seen>& seen) {
  std::string bytes;
  std::vector<Seen> expected;
  for (const Seen& one : seen) {
    if (one.compressed || one.kind == EventKind::kFailed) continue;
    const bool close = one.kind == EventKind::kClose;
    const Opcode opcode = one.kind == EventKind::kText     ? Opcode::kText
                          : one.kind == EventKind::kBinary ? Opcode::kBinary
                          : one.kind == EventKind::kPing   ? Opcode::kPing
                          : one.kind == EventKind::kPong   ? Opcode::kPong
                                                           : Opcode::kClose;
    AppendFrame(bytes, opcode, close ? ClosePayload(one.code, one.payload) : one.payload);
    expected.push_back(one);
  }
  ReaderOptions options;
  options.role = Role::kClient;
  if (!bytes.empty()) Require(Read(bytes, bytes.size(), options) == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  ReaderOptions options;
  options.role = (data[0] & 1) != 0 ? Role::kClient : Role::kServer;
  options.rsv1_allowed = (data[0] & 2) != 0;
  if ((data[0] & 4) != 0) options.max_message_bytes = 64;
  if ((data[0] & 8) != 0) options.max_frame_bytes = 32;
  const std::size_t piece = std::size_t{1} + (data[0] >> 4);
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = Read(bytes, bytes.size(), options);
  Require(Read(bytes, 1, options) == whole);
  Require(Read(bytes, piece, options) == whole);
  for (const Seen& one : whole) CheckContent(one, options);
  CheckWrittenAgain(whole);
  Require(AcceptKey(bytes).size() == 28);
  return 0;
}
