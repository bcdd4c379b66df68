#include "cli/top_level/bench_body.hpp"

#include <algorithm>

namespace notify::cli::top_level {
namespace {

constexpr std::size_t kDigits = 12;

/// Text as it comes: some of it is the same in every event, some in none. It compresses to two
/// fifths, no better than the events of real services.
void AppendPayload(std::string& text, std::size_t size, std::uint64_t& state) {
  constexpr std::string_view kSame = ", from USD to EUR at the mid-market ";
  constexpr std::size_t kOther = 24;
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const auto end = text.size() + size; text.size() < end;) {
    for (std::size_t i = 0; i < kOther && text.size() < end; ++i) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      text += kHex[state >> 60U];
    }
    text += kSame.substr(0, end - text.size());
  }
}

}  // namespace

BenchBody::BenchBody(std::int64_t events, std::int64_t payload_bytes, bool ndjson,
                     const std::string& run) {
  constexpr std::int64_t kFrame = 8;  // {"p":""}
  const auto payload = static_cast<std::size_t>(std::max<std::int64_t>(payload_bytes - kFrame, 0));
  std::uint64_t state = 1;
  if (!ndjson) text_ += '[';
  for (std::int64_t i = 0; i < events; ++i) {
    if (!ndjson && i != 0) text_ += ',';
    text_ += R"({"type":"bench.event",)";
    if (!run.empty()) {
      text_ += R"("id":"bench-)" + run + "-";
      digits_.push_back(text_.size());
      text_.append(kDigits, '0').append("\",");
    }
    text_ += R"("data":{"p":")";
    AppendPayload(text_, payload, state);
    text_ += "\"}}";
    if (ndjson) text_ += '\n';
  }
  if (!ndjson) text_ += ']';
}

void BenchBody::Number(std::string& text, std::size_t offset, std::int64_t first) const {
  for (const auto at : digits_) {
    auto rest = first++;
    for (std::size_t i = kDigits; i-- > 0; rest /= 10) {
      text[offset + at + i] = static_cast<char>('0' + rest % 10);
    }
  }
}

}  // namespace notify::cli::top_level
