// YAML becomes JSON text and is parsed as such: one road for all data.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/json_text.hpp"
#include "common/template_engine/data.hpp"

namespace notify::template_engine {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxDepth = 64;

bool IsNull(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::optional<std::string_view> BoolOf(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return "true";
  if (text == "false" || text == "False" || text == "FALSE") return "false";
  return std::nullopt;
}

// The numbers of YAML's core schema that JSON has too; others stay texts.
bool IsNumber(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - from;
  };
  const bool zero = i < text.size() && text[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

// Writes the events of a YAML document as JSON. After the first mistake it ignores the rest.
class JsonWriter final : public YAML::EventHandler {
 public:
  const std::string& json() const { return json_; }
  const std::string& mistake() const { return mistake_; }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    Complain(mark, "an alias ('*name') is not supported");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (BeginValue(mark, anchor, "null")) json_ += "null";
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!BeginValue(mark, anchor, value)) return;
    if (tag != "?") {
      AppendJsonString(json_, value);
    } else if (IsNull(value)) {
      json_ += "null";
    } else if (const auto boolean = BoolOf(value)) {
      json_ += *boolean;
    } else if (IsNumber(value)) {
      json_ += value;
    } else {
      AppendJsonString(json_, value);
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(mark, anchor, false);
  }
  void OnSequenceEnd() override { Close(']'); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(mark, anchor, true);
  }
  void OnMapEnd() override { Close('}'); }

 private:
  struct Level {
    bool is_map = false;
    bool at_key = false;
    std::set<std::string> keys;
    bool any = false;
  };

  void Complain(const YAML::Mark& mark, const std::string& what) {
    if (mistake_.empty()) mistake_ = "line " + std::to_string(mark.line + 1) + ": " + what;
  }

  // Answers false when the scalar was a key, or there is a mistake.
  bool BeginValue(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& text) {
    if (anchor != 0) Complain(mark, "an anchor ('&name') is not supported");
    if (!mistake_.empty()) return false;
    if (levels_.empty()) return true;
    Level& level = levels_.back();
    if (!level.at_key) {
      if (!level.is_map && std::exchange(level.any, true)) json_ += ',';
      level.at_key = level.is_map;
      return true;
    }
    if (!level.keys.insert(text).second) Complain(mark, "the key \"" + text + "\" stands twice");
    if (std::exchange(level.any, true)) json_ += ',';
    AppendJsonString(json_, text);
    json_ += ':';
    level.at_key = false;
    return false;
  }

  void Open(const YAML::Mark& mark, YAML::anchor_t anchor, bool is_map) {
    if (!levels_.empty() && levels_.back().at_key) Complain(mark, "a key must be a text");
    if (levels_.size() >= kMaxDepth) Complain(mark, "nested deeper than 64");
    if (!BeginValue(mark, anchor, {})) return;
    json_ += is_map ? '{' : '[';
    levels_.push_back({.is_map = is_map, .at_key = is_map});
  }

  void Close(char bracket) {
    if (!mistake_.empty()) return;
    json_ += bracket;
    levels_.pop_back();
  }

  std::string json_;
  std::string mistake_;
  std::vector<Level> levels_;
};

}  // namespace

Result<Data> Data::ParseYaml(std::string_view yaml) {
  if (yaml.size() > kMaxBytes) return Fail(Errc::kInvalidArgument, "The YAML is over 1 MiB.");
  JsonWriter writer;
  try {
    std::istringstream stream{std::string(yaml)};
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(writer) && writer.mistake().empty()) {
      JsonWriter second;
      if (parser.HandleNextDocument(second)) {
        return Fail(Errc::kInvalidArgument, "The YAML holds more than one document.");
      }
    }
  } catch (const YAML::Exception& error) {
    return Fail(Errc::kInvalidArgument, "The text is not YAML: line " +
                                            std::to_string(error.mark.line + 1) + ": " + error.msg +
                                            ".");
  }
  if (!writer.mistake().empty()) {
    return Fail(Errc::kInvalidArgument, "The YAML cannot be used: " + writer.mistake() + ".");
  }
  return Parse(writer.json().empty() ? "null" : writer.json());
}

}  // namespace notify::template_engine
