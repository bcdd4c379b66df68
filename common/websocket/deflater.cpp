#include "common/websocket/deflater.hpp"

#include <zlib.h>

#include <cassert>
#include <cstdlib>
#include <span>

namespace notify::websocket {
namespace {

// Half the time of zlib's own choice, for a tenth more bytes.
constexpr int kLevel = 3;
// Each message begins with an empty hash table; it is cleared every time, so it must be small.
constexpr int kMemoryLevel = 5;
// The end of a flushed stream, which RFC 7692 leaves out of the payload.
constexpr std::size_t kTailBytes = 4;
// More than what a flush appends: with less, zlib would have to be asked again.
constexpr std::size_t kFlushRoom = 16;

}  // namespace

void Deflater::Free::operator()(z_stream_s* stream) const {
  deflateEnd(stream);
  delete stream;
}

Deflater::Deflater(int window_bits) : stream_(new z_stream_s{}) {
  assert(window_bits >= 9 && window_bits <= 15);
  const int made = deflateInit2(stream_.get(), kLevel, Z_DEFLATED, -window_bits, kMemoryLevel,
                                Z_DEFAULT_STRATEGY);
  if (made != Z_OK) std::abort();  // no memory, at the start of a thread
}

Deflater::~Deflater() = default;

void Deflater::Append(std::string& out, std::string_view message) {
  z_stream_s& stream = *stream_;
  deflateReset(&stream);
  // zlib reads only; its interface is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data()));
  stream.avail_in = static_cast<uInt>(message.size());
  std::size_t end = out.size();
  out.resize(end + deflateBound(&stream, stream.avail_in) + kFlushRoom);
  do {
    if (end == out.size()) out.resize(end + end / 2 + kFlushRoom);
    const std::span<char> room = std::span(out).subspan(end);
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    deflate(&stream, Z_SYNC_FLUSH);
    end += room.size() - stream.avail_out;
  } while (stream.avail_out == 0);
  out.resize(end - kTailBytes);
}

}  // namespace notify::websocket
