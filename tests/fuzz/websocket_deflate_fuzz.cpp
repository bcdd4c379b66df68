// permessage-deflate: what a peer offers never gets more than it asked for, what it sends never
// expands above the limit, and what we deflate comes back as it was.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/utf8.hpp"
#include "common/websocket/deflate_offer.hpp"
#include "common/websocket/deflater.hpp"
#include "common/websocket/inflater.hpp"

namespace {

using namespace notify::websocket;

void Require(bool holds) {
  if (!holds) std::abort();
}

void TryOffer(std::string_view offer) {
  const auto answer = AnswerDeflateOffer(offer);
  Require((answer.kind == DeflateAnswer::Kind::kAccepted) != answer.header.empty());
  if (answer.kind == DeflateAnswer::Kind::kAccepted) {
    Require(offer.find("permessage-deflate") != std::string_view::npos);
    Require(*CheckDeflateAnswer(answer.header));
  }
  const auto checked = CheckDeflateAnswer(offer);
  if (checked && *checked) Require(offer.find("no_context_takeover") != std::string_view::npos);
}

void TryInflate(std::string_view payload, EventKind kind, std::uint64_t limit) {
  static Inflater shared;
  Inflater fresh;
  const Event compressed{kind, true, CloseCode::kNoStatus, payload};
  const Event event = shared.Inflate(compressed, limit);
  const Event alone = fresh.Inflate(compressed, limit);
  Require(event.kind == alone.kind && event.code == alone.code && event.payload == alone.payload);
  if (event.kind == EventKind::kFailed) {
    Require(event.code == CloseCode::kTooBig || event.code == CloseCode::kInvalidText);
    return;
  }
  Require(event.kind == kind && !event.compressed && event.payload.size() <= limit);
  if (kind == EventKind::kText) Require(notify::IsUtf8(event.payload));
}

void TryRoundTrip(std::string_view message, int window_bits) {
  std::string payload;
  Deflater(window_bits).Append(payload, message);
  Inflater inflater;
  const Event compressed{EventKind::kBinary, true, CloseCode::kNoStatus, payload};
  const Event event = inflater.Inflate(compressed, message.size());
  Require(event.kind == EventKind::kBinary && event.payload == message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::uint64_t limit = (data[0] & 4) != 0 ? 10 : 1U << 20;
  switch (data[0] & 3) {
    case 0:
      TryOffer(rest);
      break;
    case 1:
      TryInflate(rest, EventKind::kText, limit);
      break;
    case 2:
      TryInflate(rest, EventKind::kBinary, limit);
      break;
    default:
      TryRoundTrip(rest, 9 + (data[0] >> 2) % 7);
  }
  return 0;
}
