#include "common/signalr/messagepack_to_json.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "common/encoding.hpp"
#include "common/json_text.hpp"
#include "common/signalr/messagepack_time.hpp"
#include "common/utf8.hpp"

namespace notify::signalr::messagepack {
namespace {

// One value, and what lies inside. False: see Fault().
class Translation {
 public:
  Translation(std::string& json, Reader& reader, int max_depth)
      : json_(json), reader_(reader), depth_left_(max_depth) {}

  bool Value() {
    const auto item = reader_.Next();
    if (!item) return Refuse("It ends too early, or has a byte that begins no value.");
    return std::visit([this](const auto& value) { return Put(value); }, *item);
  }

  Error Fault() const {
    if (too_deep_) return Fail(Errc::kJsonTooDeep, "The MessagePack is nested too deeply.");
    return Fail(Errc::kInvalidArgument, "Error reading MessagePack. " + std::string(wrong_));
  }

 private:
  bool Put(Nil) { return Text("null"); }
  bool Put(bool value) { return Text(value ? "true" : "false"); }
  bool Put(std::uint64_t value) { return Digits(value); }
  bool Put(std::int64_t value) { return Digits(value); }
  bool Put(float value) { return Real(value); }
  bool Put(double value) { return Real(value); }

  bool Put(String value) {
    if (!IsUtf8(value.text)) return Refuse("A string is not UTF-8.");
    AppendJsonString(json_, value.text);
    return true;
  }

  bool Put(Binary value) {
    json_ += '"';
    json_ += ToBase64(value.bytes);
    return Text("\"");
  }

  bool Put(Extension value) {
    if (value.type != kTimeExtension) return Refuse("It has an extension that is no timestamp.");
    const auto time = FormatTime(value.bytes);
    if (!time) return Refuse("It has a timestamp that is none.");
    AppendJsonString(json_, *time);
    return true;
  }

  bool Put(Array array) {
    if (!Enter()) return false;
    json_ += '[';
    for (std::uint32_t i = 0; i < array.size; ++i) {
      if (i > 0) json_ += ',';
      if (!Value()) return false;
    }
    ++depth_left_;
    return Text("]");
  }

  bool Put(Map map) {
    if (!Enter()) return false;
    json_ += '{';
    for (std::uint32_t i = 0; i < map.size; ++i) {
      if (i > 0) json_ += ',';
      if (!Key()) return false;
      json_ += ':';
      if (!Value()) return false;
    }
    ++depth_left_;
    return Text("}");
  }

  bool Key() {
    const auto item = reader_.Next();
    const auto* const key = item ? std::get_if<String>(&*item) : nullptr;
    return key != nullptr ? Put(*key) : Refuse("A map has a key that is no string.");
  }

  template <typename Float>
  bool Real(Float value) {
    constexpr double kExact = 9007199254740992;  // 2^53: below it the digits are the number's own
    if (!std::isfinite(value)) return Refuse("NaN and Infinity are no JSON numbers.");
    const double wide = value;
    if (std::trunc(wide) != wide) return Digits(value);
    // A method that wants an integer also takes the one that a peer holds in a float.
    return std::fabs(wide) < kExact ? Digits(static_cast<std::int64_t>(wide)) : Digits(wide);
  }

  template <typename Number>
  bool Digits(Number value) {
    std::array<char, 32> digits{};  // the longest double has 24
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    json_.append(digits.data(), end);
    return true;
  }

  bool Text(std::string_view text) {
    json_ += text;
    return true;
  }

  bool Enter() {
    too_deep_ = depth_left_ <= 0;
    --depth_left_;
    return !too_deep_;
  }

  bool Refuse(std::string_view why) {
    wrong_ = why;
    return false;
  }

  std::string& json_;
  Reader& reader_;
  int depth_left_;
  bool too_deep_ = false;
  std::string_view wrong_;
};

}  // namespace

Status AppendJson(std::string& json, Reader& reader, int max_depth) {
  Translation translation(json, reader, max_depth);
  if (!translation.Value()) return translation.Fault();
  return {};
}

}  // namespace notify::signalr::messagepack
