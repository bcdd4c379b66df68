#include "cli/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace notify::cli {
namespace {

constexpr int kDeepest = 128;
// Aliases may name a node many times over ("billion laughs").
constexpr std::size_t kMostNodes = 1'000'000;

bool IsJsonNumber(std::string_view text) {
  const auto parsed =
      text.empty() || text.front() == '"' ? Value{} : Value::Parse(text).value_or(Value{});
  return parsed.kind() == Value::Kind::kNumber;
}

bool IsNull(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

bool IsTrue(std::string_view text) { return text == "true" || text == "True" || text == "TRUE"; }
bool IsFalse(std::string_view text) {
  return text == "false" || text == "False" || text == "FALSE";
}

// A word that another reader of YAML might take for something else than text.
bool NeedsQuotes(const std::string& text) {
  if (IsNull(text) || IsTrue(text) || IsFalse(text)) return true;
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./{}+@";
  if (text.find_first_not_of(kPlain) != std::string::npos) return true;
  const auto first = static_cast<unsigned char>(text.front());
  if (std::isalpha(first) == 0 && first != '/') return true;
  auto lower = text;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower == "yes" || lower == "no" || lower == "on" || lower == "off" || lower == "y" ||
         lower == "n" || text.find_first_of("{}") != std::string::npos;
}

void Emit(YAML::Emitter& out, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      out << YAML::LowerNull << YAML::Null;
      return;
    case Value::Kind::kBool:
    case Value::Kind::kNumber:
      out << value.Text();
      return;
    case Value::Kind::kString:
      if (NeedsQuotes(value.Text())) out << YAML::DoubleQuoted;
      out << value.Text();
      return;
    case Value::Kind::kArray:
      out << YAML::BeginSeq;
      for (const auto& item : value.items()) Emit(out, item);
      out << YAML::EndSeq;
      return;
    case Value::Kind::kObject:
      out << YAML::BeginMap;
      for (const auto& [key, member] : value.members()) {
        out << YAML::Key;
        if (NeedsQuotes(key)) out << YAML::DoubleQuoted;
        out << key << YAML::Value;
        Emit(out, member);
      }
      out << YAML::EndMap;
      return;
  }
}

Value Scalar(const YAML::Node& node) {
  const auto& text = node.Scalar();
  if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") return Value{text};
  if (IsNull(text)) return Value{};
  if (IsTrue(text)) return Value{true};
  if (IsFalse(text)) return Value{false};
  if (IsJsonNumber(text)) return Value::Number(text);
  return Value{text};
}

Result<Value> Convert(const YAML::Node& node, int depth, std::size_t& nodes) {
  if (depth > kDeepest || ++nodes > kMostNodes) {
    return Fail(Errc::kInvalidArgument, "The YAML is nested too deeply or too large.");
  }
  if (!node.IsDefined() || node.IsNull()) return Value{};
  if (node.IsScalar()) return Scalar(node);
  auto value = node.IsSequence() ? Value::Array() : Value::Object();
  for (const auto& item : node) {
    auto inner = Convert(node.IsSequence() ? YAML::Node(item) : item.second, depth + 1, nodes);
    if (!inner) return inner;
    if (node.IsSequence()) {
      value.Add(std::move(*inner));
    } else {
      value.Append(item.first.Scalar(), std::move(*inner));
    }
  }
  return value;
}

}  // namespace

std::string ToYaml(const Value& value) {
  YAML::Emitter out;
  Emit(out, value);
  return std::string(out.c_str(), out.size()) + "\n";
}

Result<Value> FromYaml(std::string_view text, const std::string& name) {
  try {
    const auto node = YAML::Load(std::string(text));
    std::size_t nodes = 0;
    return Convert(node, 0, nodes);
  } catch (const YAML::Exception& error) {
    std::string place = name;
    if (!error.mark.is_null()) {
      place += ", line " + std::to_string(error.mark.line + 1) + ", column " +
               std::to_string(error.mark.column + 1);
    }
    return Fail(Errc::kInvalidArgument, place + ": " + error.msg + ".");
  }
}

}  // namespace notify::cli
