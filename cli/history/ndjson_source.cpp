#include "cli/history/byte_reader.hpp"
#include "cli/history/record_source.hpp"

namespace notify::cli::history {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class NdjsonSource final : public RecordSource {
 public:
  explicit NdjsonSource(std::unique_ptr<Input> input) : bytes_(std::move(input)) {}

  Result<bool> Next(Record& record) override {
    for (;;) {
      const auto read = ReadLine();
      if (!read || !*read) return read;
      ++number_;
      if (number_ == 1 && line_.starts_with(kByteOrderMark)) line_.erase(0, kByteOrderMark.size());
      while (!line_.empty() && (line_.back() == '\r' || line_.back() == ' ')) line_.pop_back();
      if (!line_.empty() || too_long_) break;
    }
    record = Record{.number = number_};
    if (too_long_) {
      record.code = Errc::kEventTooLarge;
      record.problem = "The line is longer than " + std::to_string(kMostRecordBytes) + " bytes.";
    } else {
      record.json = std::exchange(line_, {});
    }
    return true;
  }

  std::uint64_t bytes() const override { return bytes_.taken(); }

 private:
  // What is beyond the limit is passed over, not kept.
  Result<bool> ReadLine() {
    line_.clear();
    too_long_ = false;
    bool any = false;
    for (;;) {
      const auto piece = bytes_.Peek();
      if (!piece) return piece.error();
      if (piece->empty()) return any;
      any = true;
      const auto feed = piece->find('\n');
      const auto part = piece->substr(0, feed);
      too_long_ = too_long_ || line_.size() + part.size() > kMostRecordBytes;
      if (too_long_) {
        line_.clear();
      } else {
        line_ += part;
      }
      const bool ended = feed != std::string_view::npos;
      bytes_.Take(part.size() + (ended ? 1 : 0));
      if (ended) return true;
    }
  }

  ByteReader bytes_;
  std::string line_;
  bool too_long_ = false;
  std::uint64_t number_ = 0;
};

}  // namespace

std::unique_ptr<RecordSource> ReadNdjson(std::unique_ptr<Input> input) {
  return std::make_unique<NdjsonSource>(std::move(input));
}

}  // namespace notify::cli::history
