#include "common/websocket/inflater.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>

#include "common/utf8.hpp"

namespace notify::websocket {
namespace {

// The end of a flushed stream, which RFC 7692 leaves out of the payload.
constexpr std::string_view kTail("\x00\x00\xFF\xFF", 4);
constexpr std::uint64_t kFirstRoom = 4096;
constexpr std::size_t kKeptBytes = 64 << 10;

// Whether the input ends where a block does; zlib tells it, and the bits left over, by `data_type`.
bool AtBlockBoundary(const z_stream_s& stream) {
  return (stream.data_type & 128) != 0 && (stream.data_type & 63) == 0;
}

Event Failed(CloseCode code, std::string_view reason) {
  return {EventKind::kFailed, false, code, reason};
}

}  // namespace

class Inflater::TextCheck {
 public:
  explicit TextCheck(bool is_text) : is_text_(is_text) {}
  bool Feed(std::string_view piece) { return !is_text_ || utf8_.Feed(piece); }
  bool IsWhole() const { return utf8_.AtBoundary(); }

 private:
  bool is_text_;
  Utf8Checker utf8_;
};

void Inflater::Free::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

Inflater::Inflater() : stream_(new z_stream_s{}) {
  // The largest window: it takes what any smaller one made.
  if (inflateInit2(stream_.get(), -MAX_WBITS) != Z_OK) std::abort();  // no memory
}

Inflater::~Inflater() = default;

Event Inflater::Inflate(const Event& event, std::uint64_t max_bytes) {
  if (buffer_.size() > kKeptBytes) std::string().swap(buffer_);  // `= {}` would keep the memory
  used_ = 0;
  inflateReset(stream_.get());
  TextCheck check(event.kind == EventKind::kText);
  Step step = Expand(event.payload, max_bytes, check);
  if (step == Step::kWhole && !check.IsWhole()) step = Step::kNotUtf8;
  switch (step) {
    case Step::kWhole:
      break;
    case Step::kTooBig:
      return Failed(CloseCode::kTooBig, "A message is larger than the limit once it is inflated.");
    case Step::kNotUtf8:
      return Failed(CloseCode::kInvalidText, "A text message is not valid UTF-8.");
    case Step::kOpen:
    case Step::kInvalid:
      return Failed(CloseCode::kInvalidText, "A compressed message cannot be inflated.");
  }
  return {event.kind, false, CloseCode::kNoStatus, std::string_view(buffer_).substr(0, used_)};
}

// Some peers leave the tail in the payload, or end with a final block and nothing after it: those
// are whole already.
Inflater::Step Inflater::Expand(std::string_view payload, std::uint64_t max_bytes,
                                TextCheck& check) {
  if (payload.empty()) return Step::kWhole;
  const Step step = Feed(payload, max_bytes, check);
  return step == Step::kOpen ? Feed(kTail, max_bytes, check) : step;
}

// kWhole: `input` ended with a block. kOpen: inside one.
Inflater::Step Inflater::Feed(std::string_view input, std::uint64_t max_bytes, TextCheck& check) {
  z_stream_s& stream = *stream_;
  // zlib reads only; its interface is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
  while (true) {
    const std::span<char> room = Room(max_bytes);
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    const int result = inflate(&stream, Z_SYNC_FLUSH);
    const auto made = room.first(room.size() - stream.avail_out);
    used_ += made.size();
    if (!check.Feed({made.data(), made.size()})) return Step::kNotUtf8;
    if (used_ > max_bytes) return Step::kTooBig;
    if (result == Z_STREAM_END) {
      // A final block does not end the message: others may follow, and know nothing of it.
      if (stream.avail_in == 0) return Step::kWhole;
      inflateReset(&stream);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return Step::kInvalid;
    } else if (stream.avail_out > 0) {
      return AtBlockBoundary(stream) ? Step::kWhole : Step::kOpen;
    }
  }
}

// At least one byte, at most one more than the message may have: that one shows it is too large.
std::span<char> Inflater::Room(std::uint64_t max_bytes) {
  if (used_ == buffer_.size()) {
    const std::uint64_t wanted = std::max<std::uint64_t>(kFirstRoom, buffer_.size() * 2);
    buffer_.resize(static_cast<std::size_t>(std::min(wanted, max_bytes + 1)));
  }
  const std::size_t end =
      static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), max_bytes + 1));
  return std::span(buffer_).subspan(used_, end - used_);
}

}  // namespace notify::websocket
