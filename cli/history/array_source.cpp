#include "cli/history/byte_reader.hpp"
#include "cli/history/record_source.hpp"

namespace notify::cli::history {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Cuts an array at the commas of its first level; whether an element is JSON the agent says. Line
/// feeds between tokens become spaces, so that an element is one line.
class ArraySource final : public RecordSource {
 public:
  explicit ArraySource(std::unique_ptr<Input> input) : bytes_(std::move(input)) {}

  Result<bool> Next(Record& record) override {
    if (state_ == State::kEnd) return false;
    element_.clear();
    too_long_ = broken_string_ = false;
    for (;;) {
      const auto piece = bytes_.Peek();
      if (!piece) return piece.error();
      if (piece->empty()) return AtEnd();
      std::size_t used = 0;
      bool whole = false;
      while (used < piece->size() && !whole) {
        auto took = Take((*piece)[used]);
        if (!took) return took;
        whole = *took;
        ++used;
      }
      bytes_.Take(used);
      if (whole && !Give(record)) continue;
      if (whole) return true;
    }
  }

  std::uint64_t bytes() const override { return bytes_.taken(); }

 private:
  enum class State { kBegin, kInside, kDone, kEnd };

  Error Syntax(const std::string& what) const {
    return Fail(Errc::kInvalidJson, "The file is not one JSON array: " + what + " behind element " +
                                        std::to_string(number_) + ".");
  }

  Result<bool> AtEnd() {
    if (state_ != State::kDone) return Syntax("it ends");
    state_ = State::kEnd;
    return false;
  }

  /// True where the element that was read is whole.
  Result<bool> Take(char c) {
    if (state_ == State::kBegin) {
      if (c == '[') {
        state_ = State::kInside;
      } else if (!IsSpace(c) && static_cast<unsigned char>(c) < 0x80) {
        return Syntax("it does not begin with '['");
      }
      return false;
    }
    if (state_ == State::kDone) {
      if (!IsSpace(c)) return Syntax("more follows its end");
      return false;
    }
    return TakeInside(c);
  }

  Result<bool> TakeInside(char c) {
    if (in_string_) {
      if (c == '\n' || c == '\r') broken_string_ = true;
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
      }
      Keep(c);
      return false;
    }
    if (depth_ == 0 && (c == ',' || c == ']')) {
      if (c == ']') state_ = State::kDone;
      return true;
    }
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') --depth_;
    if (depth_ < 0) return Syntax("a bracket closes that was not opened,");
    Keep(IsSpace(c) ? ' ' : c);
    return false;
  }

  void Keep(char c) {
    if (c == ' ' && element_.empty()) return;
    too_long_ = too_long_ || element_.size() == kMostRecordBytes;
    if (!too_long_) element_ += c;
  }

  /// False for the nothing of an empty array.
  bool Give(Record& record) {
    if (element_.empty() && number_ == 0 && state_ == State::kDone) return false;
    record = Record{.number = ++number_};
    if (too_long_) {
      record.code = Errc::kEventTooLarge;
      record.problem = "The element is longer than " + std::to_string(kMostRecordBytes) + " bytes.";
    } else if (broken_string_) {
      record.problem = "A line feed stands inside a string.";
    } else if (element_.empty()) {
      record.problem = "An element is missing between two commas.";
    } else {
      record.json = element_;
    }
    return true;
  }

  ByteReader bytes_;
  State state_ = State::kBegin;
  bool in_string_ = false;
  bool escaped_ = false;
  int depth_ = 0;
  std::string element_;
  bool too_long_ = false;
  bool broken_string_ = false;
  std::uint64_t number_ = 0;
};

}  // namespace

std::unique_ptr<RecordSource> ReadArray(std::unique_ptr<Input> input) {
  return std::make_unique<ArraySource>(std::move(input));
}

}  // namespace notify::cli::history
