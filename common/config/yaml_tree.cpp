#include "common/config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>

namespace notify {
namespace {

constexpr std::size_t kMaxBytes = 1U << 20;
constexpr std::size_t kMaxDepth = 32;
// Looking for a key that stands twice compares with each key before it.
constexpr std::size_t kMaxKeys = 2048;

int LineOf(const YAML::Mark& mark) { return mark.line + 1; }

Error WrongAt(std::string_view file_name, int line, std::string detail) {
  auto error = Fail(Errc::kInvalidConfig,
                    detail + " at " + std::string(file_name) + ":" + std::to_string(line));
  error.errors.push_back({"", error.detail, line});
  return error;
}

// Builds the tree from the parser's events. After the first mistake it ignores the rest.
class TreeBuilder final : public YAML::EventHandler {
 public:
  struct Mistake {
    int line;
    std::string detail;
  };

  const std::optional<Mistake>& mistake() const { return mistake_; }
  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Leaf(mark, anchor, YamlNode::Kind::kNull, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Complain(LineOf(mark), "an alias ('*name') is not supported");
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    Leaf(mark, anchor, YamlNode::Kind::kScalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, anchor, YamlNode::Kind::kSequence);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A map or sequence that is not complete yet; in a map, the key that waits for its value.
  struct Level {
    YamlNode node;
    std::optional<std::pair<std::string, int>> key;
  };

  void Complain(int line, std::string detail) {
    if (!mistake_) mistake_ = Mistake{line, std::move(detail)};
  }

  bool Usable(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) Complain(LineOf(mark), "an anchor ('&name') is not supported");
    return !mistake_;
  }

  void Leaf(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind, std::string text) {
    if (!Usable(mark, anchor)) return;
    YamlNode node;
    node.kind = kind;
    node.text = std::move(text);
    node.line = LineOf(mark);
    Add(std::move(node));
  }

  void Open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (!Usable(mark, anchor)) return;
    if (levels_.size() >= kMaxDepth) return Complain(LineOf(mark), "the file is nested too deeply");
    if (WantsKey()) return Complain(LineOf(mark), "a key must be a plain word");
    Level level;
    level.node.kind = kind;
    level.node.line = LineOf(mark);
    levels_.push_back(std::move(level));
  }

  void Close() {
    if (mistake_) return;
    auto node = std::move(levels_.back().node);
    levels_.pop_back();
    Add(std::move(node));
  }

  bool WantsKey() const {
    return !levels_.empty() && levels_.back().node.kind == YamlNode::Kind::kMap &&
           !levels_.back().key;
  }

  void Add(YamlNode node) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::kMap) {
      if (!level.key) return AddKey(std::move(node));
      node.key = std::move(level.key->first);
      node.line = level.key->second;
      level.key.reset();
    }
    level.node.items.push_back(std::move(node));
  }

  void AddKey(YamlNode node) {
    if (node.kind != YamlNode::Kind::kScalar) {
      return Complain(node.line, "a key must be a plain word");
    }
    auto& level = levels_.back();
    if (level.node.items.size() >= kMaxKeys) return Complain(node.line, "too many keys");
    for (const auto& item : level.node.items) {
      if (item.key == node.text) {
        return Complain(node.line, "'" + node.text + "' is already set in line " +
                                       std::to_string(item.line) + "; it stands again");
      }
    }
    level.key.emplace(std::move(node.text), node.line);
  }

  YamlNode root_;
  std::vector<Level> levels_;
  std::optional<Mistake> mistake_;
};

}  // namespace

Result<YamlNode> ParseYaml(std::string_view text, std::string_view file_name) {
  if (text.size() > kMaxBytes) return WrongAt(file_name, 1, "the file is larger than 1MiB");
  TreeBuilder builder;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return YamlNode{};
    TreeBuilder second;
    if (!builder.mistake() && parser.HandleNextDocument(second)) {
      return WrongAt(file_name, 1, "the file has more than one document ('---')");
    }
  } catch (const YAML::Exception& e) {
    return WrongAt(file_name, e.mark.is_null() ? 1 : LineOf(e.mark), "not YAML: " + e.msg);
  }
  if (const auto& mistake = builder.mistake()) {
    return WrongAt(file_name, mistake->line, mistake->detail);
  }
  return builder.TakeRoot();
}

}  // namespace notify
