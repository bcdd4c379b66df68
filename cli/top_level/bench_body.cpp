#include "cli/top_level/bench_body.hpp"

#include <algorithm>

namespace notify::cli::top_level {
namespace {

constexpr std::size_t kDigits = 12;

}  // namespace

BenchBody::BenchBody(std::int64_t events, std::int64_t payload_bytes, bool ndjson,
                     const std::string& run) {
  constexpr std::int64_t kFrame = 8;  // {"p":""}
  const std::string payload(
      static_cast<std::size_t>(std::max<std::int64_t>(payload_bytes - kFrame, 0)), 'x');
  if (!ndjson) text_ += '[';
  for (std::int64_t i = 0; i < events; ++i) {
    if (!ndjson && i != 0) text_ += ',';
    text_ += R"({"type":"bench.event",)";
    if (!run.empty()) {
      text_ += R"("id":"bench-)" + run + "-";
      digits_.push_back(text_.size());
      text_.append(kDigits, '0').append("\",");
    }
    text_ += R"("data":{"p":")" + payload + "\"}}";
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
