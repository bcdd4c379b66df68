#include "cli/client/body_reader.hpp"

#include <algorithm>
#include <charconv>

namespace notify::cli::client {
namespace {

constexpr std::size_t kLongestLine = 16 * 1024;

Error NotAChunk() {
  return Fail(Errc::kAgentUnreachable, "The answer is not HTTP: a chunk has no size.",
              "is another program listening at this endpoint?");
}

}  // namespace

Status BodyReader::Take(std::string& bytes, std::string& body) {
  std::string_view rest = bytes;
  Status taken;
  if (done_) return {};
  if (framing_ == Framing::kChunked) {
    taken = TakeChunked(rest, body);
  } else if (framing_ == Framing::kUntilEnd) {
    body += rest;
    rest = {};
  } else {
    TakeData(rest, body);
    done_ = left_ == 0;
  }
  bytes.erase(0, bytes.size() - rest.size());
  return taken;
}

void BodyReader::TakeData(std::string_view& rest, std::string& body) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
  body += rest.substr(0, size);
  rest.remove_prefix(size);
  left_ -= size;
}

Status BodyReader::TakeChunked(std::string_view& rest, std::string& body) {
  while (!done_ && !rest.empty()) {
    if (chunk_ == Chunk::kData) {
      TakeData(rest, body);
      if (left_ == 0) chunk_ = Chunk::kEnd;
      continue;
    }
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos) return rest.size() > kLongestLine ? NotAChunk() : Status{};
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (chunk_ == Chunk::kSize) {
      auto read = ReadSize(line);
      if (!read) return read;
    } else if (chunk_ == Chunk::kEnd) {
      if (!line.empty()) return NotAChunk();
      chunk_ = Chunk::kSize;
    } else {
      done_ = line.empty();
    }
  }
  return {};
}

Status BodyReader::ReadSize(std::string_view line) {
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
  const auto behind = static_cast<std::size_t>(parsed.ptr - line.data());
  const bool ends_well = behind == line.size() || line[behind] == ';' || line[behind] == ' ';
  if (parsed.ec != std::errc{} || !ends_well) return NotAChunk();
  chunk_ = left_ == 0 ? Chunk::kTrailer : Chunk::kData;
  return {};
}

}  // namespace notify::cli::client
