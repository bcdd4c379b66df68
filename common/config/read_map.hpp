#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "common/config/field.hpp"
#include "common/config/nearest.hpp"

namespace notify {

/// The reading of one map, section by section; use ReadMap.
template <typename T>
class MapReading {
 public:
  using OnSet = std::function<void(const std::string& path, int line)>;

  MapReading(std::string prefix, const std::vector<Field<T>>& fields, T& target,
             ConfigReader& reader, const OnSet& on_set)
      : prefix_(std::move(prefix)),
        fields_(fields),
        target_(target),
        reader_(reader),
        on_set_(on_set) {}

  void Section(const YamlNode& node, const std::string& path) {
    if (node.kind == YamlNode::Kind::kNull) return;  // A section whose lines are all commented out.
    if (node.kind != YamlNode::Kind::kMap) {
      reader_.Complain(Full(path), node.line, "must be a section with keys of its own");
      return;
    }
    for (const auto& item : node.items)
      Member(item, path.empty() ? item.key : path + "." + item.key);
  }

  void RequireAll(int line) {
    for (const auto& field : fields_) {
      if (field.required && !seen_.contains(field.path)) {
        reader_.Complain(Full(field.path), line, "is required");
      }
    }
  }

 private:
  std::string Full(const std::string& path) const {
    if (prefix_.empty()) return path;
    return path.empty() ? prefix_ : prefix_ + "." + path;
  }

  void Member(const YamlNode& node, const std::string& path) {
    const auto field = std::ranges::find(fields_, path, &Field<T>::path);
    if (field != fields_.end()) {
      if (!seen_.insert(path).second) {
        reader_.Complain(Full(path), node.line, "is set twice");
      } else if (field->parse(node, Full(path), target_, reader_)) {
        on_set_(Full(path), node.line);
      }
      return;
    }
    const bool section =
        std::ranges::any_of(fields_, [&](const auto& f) { return f.path.starts_with(path + "."); });
    if (section) return Section(node, path);
    reader_.UnknownKey(Full(path), node.line, Nearest(path));
  }

  std::optional<std::string> Nearest(const std::string& path) const {
    std::set<std::string> known;
    for (const auto& field : fields_) {
      known.insert(field.path);
      for (auto dot = field.path.find('.'); dot != std::string::npos;
           dot = field.path.find('.', dot + 1)) {
        known.insert(field.path.substr(0, dot));
      }
    }
    const std::vector<std::string> candidates(known.begin(), known.end());
    auto nearest = NearestWord(path, candidates);
    if (nearest) nearest = Full(*nearest);
    return nearest;
  }

  const std::string prefix_;
  const std::vector<Field<T>>& fields_;
  T& target_;
  ConfigReader& reader_;
  const OnSet& on_set_;
  std::set<std::string> seen_;
};

/// Reads a map into `target` by its rows and complains of unknown, repeated and missing keys.
/// `prefix` is the path of the map, empty at the top. `on_set` is told each path that was set, with
/// its line.
template <typename T>
void ReadMap(const YamlNode& node, const std::string& prefix, const std::vector<Field<T>>& fields,
             T& target, ConfigReader& reader,
             const std::function<void(const std::string& path, int line)>& on_set) {
  MapReading<T> reading(prefix, fields, target, reader, on_set);
  reading.Section(node, "");
  reading.RequireAll(node.line);
}

}  // namespace notify
