#include "common/schema/text_lines.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/model/json_pointer.hpp"

namespace notify::schema {
namespace {

/// Walks a text that a parser has accepted: it looks for places, not for mistakes.
class Walk {
 public:
  Walk(std::string_view text, std::map<std::string, int, std::less<>>& lines)
      : text_(text), lines_(lines) {}

  std::vector<FieldError> Run() {
    Blank();
    lines_.emplace("", line_);
    Value("");
    return std::move(twice_);
  }

 private:
  void Blank() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      if (text_[at_++] == '\n') ++line_;
    }
  }

  char Next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  /// The string with its quotes; a line feed cannot stand in one.
  std::string_view String() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
    return text_.substr(begin, at_ - begin);
  }

  void Member(const std::string& pointer) {
    const int line = line_;
    const auto name = nlohmann::json::parse(String(), nullptr, false);
    const std::string place =
        pointer + "/" + PointerToken(name.is_string() ? name.get<std::string>() : std::string());
    if (!lines_.emplace(place, line).second) {
      twice_.push_back({.pointer = place, .detail = "appears twice", .line = line});
    }
    Blank();
    ++at_;  // The colon.
    Blank();
    Value(place);
  }

  void Value(const std::string& pointer) {
    const char open = Next();
    if (open == '"') {
      String();
    } else if (open != '{' && open != '[') {
      const auto end = text_.find_first_of(",]} \t\r\n", at_);
      at_ = std::min(end, text_.size());
    } else {
      Members(pointer, open == '{');
    }
  }

  void Members(const std::string& pointer, bool object) {
    const char close = object ? '}' : ']';
    ++at_;
    Blank();
    for (std::size_t index = 0; at_ < text_.size() && Next() != close; ++index) {
      if (object) {
        Member(pointer);
      } else {
        const std::string place = pointer + "/" + std::to_string(index);
        lines_.emplace(place, line_);
        Value(place);
      }
      Blank();
      if (Next() == ',') ++at_;
      Blank();
    }
    ++at_;
  }

  const std::string_view text_;
  std::map<std::string, int, std::less<>>& lines_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<FieldError> twice_;
};

/// Learns from the parser how far it came.
struct ErrorPlace : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception&) override {
    byte = position;
    return false;
  }
  std::size_t byte = 0;
};

}  // namespace

std::vector<FieldError> ReadLines(std::string_view text,
                                  std::map<std::string, int, std::less<>>& lines) {
  return Walk(text, lines).Run();
}

int SyntaxErrorLine(std::string_view text) {
  ErrorPlace place;
  static_cast<void>(nlohmann::json::sax_parse(text, &place));
  const std::string_view before = text.substr(0, place.byte > 0 ? place.byte - 1 : 0);
  return 1 + static_cast<int>(std::ranges::count(before, '\n'));
}

}  // namespace notify::schema
