#include "common/schema/reference_circles.hpp"

#include <utility>

namespace notify::schema {
namespace {

using Json = nlohmann::json;

class Circles {
 public:
  explicit Circles(const SchemaDocument& document) : document_(document) {}

  std::vector<std::string> Run() {
    for (const auto& [node, pointer] : document_.pointers) Visit(*node);
    return std::move(found_);
  }

 private:
  enum class Mark { kOpen, kDone };

  /// Goes to a schema that judges the same value as the one that leads there.
  void Follow(const Json& to, const Json& from) {
    const auto met = marks_.find(&to);
    if (met == marks_.end()) {
      Visit(to);
    } else if (met->second == Mark::kOpen) {
      found_.push_back(document_.PointerOf(from, document_.targets.contains(&from) ? "$ref" : ""));
    }
  }

  // As deep as the references are long: at most one level for each schema of the document.
  void Visit(const Json& node) {
    if (!marks_.emplace(&node, Mark::kOpen).second) return;
    const auto target = document_.targets.find(&node);
    if (target != document_.targets.end()) {
      Follow(*target->second, node);
    } else if (node.is_object()) {
      for (const char* name : {"not", "if", "then", "else"}) {
        if (node.contains(name)) Follow(node.at(name), node);
      }
      for (const char* name : {"allOf", "anyOf", "oneOf", "dependencies"}) {
        if (!node.contains(name)) continue;
        for (const Json& schema : node.at(name)) {
          if (document_.pointers.contains(&schema)) Follow(schema, node);
        }
      }
    }
    marks_[&node] = Mark::kDone;
  }

  const SchemaDocument& document_;
  std::unordered_map<const Json*, Mark> marks_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> CirclesOf(const SchemaDocument& document) {
  return Circles(document).Run();
}

}  // namespace notify::schema
