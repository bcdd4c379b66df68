#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/websocket/message_reader.hpp"

namespace notify::websocket {

inline constexpr MaskKey kKey = {'\x37', '\xFA', '\x21', '\x3D'};

/// A string of these bytes.
inline std::string Bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

/// A client's frame.
inline std::string Masked(Opcode opcode, std::string_view payload, bool fin = true) {
  std::string out;
  AppendMaskedFrame(out, opcode, payload, kKey, fin);
  return out;
}

/// A server's frame.
inline std::string Plain(Opcode opcode, std::string_view payload, bool fin = true) {
  std::string out;
  AppendFrame(out, opcode, payload, fin);
  return out;
}

/// An event as one line: `text:hello`, `close:1000:bye`, `failed:1002`.
inline std::string Describe(const Event& event) {
  const auto code = std::to_string(static_cast<int>(event.code));
  const std::string payload(event.payload);
  switch (event.kind) {
    case EventKind::kNone:
      return "none";
    case EventKind::kText:
      return (event.compressed ? "compressed text:" : "text:") + payload;
    case EventKind::kBinary:
      return (event.compressed ? "compressed binary:" : "binary:") + payload;
    case EventKind::kPing:
      return "ping:" + payload;
    case EventKind::kPong:
      return "pong:" + payload;
    case EventKind::kClose:
      return "close:" + code + ":" + payload;
    case EventKind::kFailed:
      return "failed:" + code;
  }
  return "unknown";
}

using Transcript = std::vector<std::string>;

/// Feeds `bytes` in pieces of `piece` bytes and lists the events.
inline Transcript ReadInPieces(std::string bytes, std::size_t piece, const ReaderOptions& options) {
  MessageReader reader(options);
  Transcript transcript;
  for (std::size_t start = 0; start < bytes.size(); start += piece) {
    std::span<char> input = std::span(bytes).subspan(start);
    input = input.first(std::min(piece, input.size()));
    for (Event e = reader.Next(input); e.kind != EventKind::kNone; e = reader.Next(input)) {
      transcript.push_back(Describe(e));
    }
  }
  return transcript;
}

/// Feeds `bytes` whole, and again chopped into single bytes and into pieces of 7. Whatever the cut,
/// the events must be the same; where they are not, the list ends with a line that says so.
inline Transcript Read(const std::string& bytes, const ReaderOptions& options = {}) {
  Transcript whole = ReadInPieces(bytes, bytes.size(), options);
  if (ReadInPieces(bytes, 1, options) != whole) whole.emplace_back("differs when chopped");
  if (ReadInPieces(bytes, 7, options) != whole) whole.emplace_back("differs in pieces of 7");
  return whole;
}

inline ReaderOptions ClientOptions() {
  ReaderOptions options;
  options.role = Role::kClient;
  return options;
}

}  // namespace notify::websocket
