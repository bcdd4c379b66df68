#include "common/signalr/messagepack_from_json.hpp"

#include <charconv>
#include <cstdlib>
#include <system_error>

#include "common/json_text.hpp"
#include "common/signalr/json_scanner.hpp"
#include "common/signalr/messagepack_writer.hpp"

namespace notify::signalr::messagepack {
namespace {

constexpr int kDeepest = 256;  // what peers send is held to 64: it only keeps the stack bounded

// Arrays and maps say how many they hold before they hold it. They are begun as small ones, whose
// header is one byte; the few that turn out to have more than 15 items are moved by the two or four
// bytes that their header grows. That is one memmove for each such container around a byte, and the
// depth is bounded: cheaper than counting first, which reads each text twice to spare most nothing.
class Translation {
 public:
  Translation(std::string& out, RawJson json) : out_(out), rest_(json) {}

  // Exactly one value, whatever comes.
  void Value(int depth_left) {
    switch (Peek()) {
      case '{':
        return depth_left > 0 ? Object(depth_left - 1) : Broken();
      case '[':
        return depth_left > 0 ? Array(depth_left - 1) : Broken();
      case '"':
        return Text();
      case 't':
        return Literal("true", [this] { AppendBool(out_, true); });
      case 'f':
        return Literal("false", [this] { AppendBool(out_, false); });
      case 'n':
        return Literal("null", [this] { AppendNil(out_); });
      default:
        return Number();
    }
  }

 private:
  void Object(int depth_left) {
    rest_.remove_prefix(1);
    const std::size_t header = BeginMap(out_);
    std::size_t size = 0;
    while (Peek() == '"') {
      Text();
      Take(':');
      Value(depth_left);
      ++size;
      if (!Take(',')) break;
    }
    Take('}');
    EndMap(out_, header, size);
  }

  void Array(int depth_left) {
    rest_.remove_prefix(1);
    const std::size_t header = BeginArray(out_);
    std::size_t size = 0;
    if (Peek() != ']') {
      do {
        Value(depth_left);
        ++size;
      } while (Take(','));
    }
    Take(']');
    EndArray(out_, header, size);
  }

  void Text() {
    const std::size_t plain = PlainJsonRun(rest_.substr(1));
    if (plain + 1 < rest_.size() && rest_[plain + 1] == '"') {
      AppendString(out_, rest_.substr(1, plain));
      return rest_.remove_prefix(plain + 2);
    }
    JsonScanner scanner(rest_, 0);  // the length is known only when the escapes are undone
    const auto token = scanner.Value();
    unescaped_.clear();
    if (token) AppendDecodedJsonString(unescaped_, *token);
    AppendString(out_, unescaped_);
    rest_.remove_prefix(token ? token->size() : rest_.size());
  }

  void Number() {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error == std::errc::invalid_argument) return Broken();
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    const bool whole = digits == rest_.size() || std::string_view(".eE").find(*end) == rest_.npos;
    if (!whole) return Real();
    if (error == std::errc()) {
      AppendSigned(out_, value);
      return rest_.remove_prefix(digits);
    }
    std::uint64_t large = 0;
    if (std::from_chars(rest_.data(), end, large).ec != std::errc()) return Real();
    AppendUnsigned(out_, large);
    rest_.remove_prefix(digits);
  }

  void Real() {
    double value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto size = static_cast<std::size_t>(end - rest_.data());
    // from_chars does not tell too large from too small. No locale is set anywhere.
    if (error != std::errc())
      value = std::strtod(std::string(rest_.substr(0, size)).c_str(), nullptr);
    AppendFloat64(out_, value);
    rest_.remove_prefix(size);
  }

  template <typename Append>
  void Literal(std::string_view word, Append append) {
    if (!rest_.starts_with(word)) return Broken();
    append();
    rest_.remove_prefix(word.size());
  }

  void Broken() {
    AppendNil(out_);
    rest_ = {};
  }

  char Peek() {
    while (!rest_.empty() &&
           (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\r' || rest_[0] == '\t'))
      rest_.remove_prefix(1);
    return rest_.empty() ? '\0' : rest_.front();
  }

  // Where something else stands, the text ends.
  bool Take(char wanted) {
    if (Peek() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string& out_;
  std::string_view rest_;
  std::string unescaped_;
};

}  // namespace

void AppendFromJson(std::string& out, RawJson json) { Translation(out, json).Value(kDeepest); }

}  // namespace notify::signalr::messagepack
