#include "common/schema/schema_covers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "common/model/json_pointer.hpp"
#include "common/schema/formats.hpp"
#include "common/schema/value_bounds.hpp"

namespace notify::schema {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostReasons = 20;
constexpr std::size_t kMostSteps = 50'000;

const Json& Anything() {
  static const Json kAnything = Json::object();
  return kAnything;
}

const Json* Find(const Json& node, const char* keyword) {
  const auto found = node.find(keyword);
  return found == node.end() ? nullptr : &*found;
}

/// Whether a schema lets everything pass for the reason that it says nothing.
bool IsOpen(const Json* schema) {
  return schema == nullptr || *schema == true || (schema->is_object() && schema->empty());
}

std::string Shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 40) text = text.substr(0, 37) + "…";
  return text;
}

class Comparison {
 public:
  Comparison(const SchemaDocument& wide, const SchemaDocument& narrow)
      : wide_(wide), narrow_(narrow) {}

  std::vector<Uncovered> Run() {
    Compare(wide_.root, narrow_.root);
    if (steps_ > kMostSteps) {
      reasons_ = {{&wide_.root, &narrow_.root, "", "the two are too entangled to be compared"}};
    }
    if (reasons_.size() > kMostReasons) reasons_.resize(kMostReasons);
    return std::move(reasons_);
  }

 private:
  struct Pair {
    const Json& wide;
    const Json& narrow;
  };

  void Reason(const Pair& at, std::string keyword, std::string why) {
    reasons_.push_back({&at.wide, &at.narrow, std::move(keyword), std::move(why)});
  }

  void Compare(const Json& wide_node, const Json& narrow_node) {
    if (++steps_ > kMostSteps) return;
    const Json& wide = wide_.Resolve(wide_node);
    const Json& found = narrow_.Resolve(narrow_node);
    if (IsOpen(&wide) || found == false) return;
    const Pair at{wide, found == true ? Anything() : found};
    if (wide == false) return Reason(at, "", "nothing is allowed");
    // Schemas that refer to themselves meet again below: what holds for the pair holds there too.
    if (!open_.emplace(&wide, &found).second) return;
    const std::size_t before = reasons_.size();
    Keywords(at);
    if (reasons_.size() > before && FitsInParts(at)) reasons_.resize(before);
    open_.erase({&wide, &found});
  }

  bool Fits(const Json& wide, const Json& narrow) {
    const std::size_t before = reasons_.size();
    Compare(wide, narrow);
    const bool fits = reasons_.size() == before && steps_ <= kMostSteps;
    reasons_.resize(before);
    return fits;
  }

  /// A part of allOf that fits is enough, because the whole allows less; of alternatives each must.
  bool FitsInParts(const Pair& at) {
    if (const Json* all = Find(at.narrow, "allOf")) {
      if (std::ranges::any_of(*all, [&](const Json& one) { return Fits(at.wide, one); }))
        return true;
    }
    for (const char* keyword : {"anyOf", "oneOf"}) {
      const Json* some = Find(at.narrow, keyword);
      if (some != nullptr &&
          std::ranges::all_of(*some, [&](const Json& one) { return Fits(at.wide, one); })) {
        return true;
      }
    }
    return false;
  }

  void Keywords(const Pair& at) {
    const std::set<std::string> types = TypesOf(at.narrow);
    Types(at, types);
    Values(at);
    if (types.contains("number") || types.contains("integer")) Numbers(at);
    if (types.contains("string")) {
      Size(at, "minLength", "maxLength");
      Unchanged(at, "pattern");
      const Json* format = Find(at.wide, "format");
      if (format != nullptr && IsCheckedFormat(format->get<std::string>())) Unchanged(at, "format");
    }
    if (types.contains("array")) Arrays(at);
    if (types.contains("object")) Objects(at);
    Unchanged(at, "not");
    Condition(at);
    Combined(at);
  }

  void Types(const Pair& at, const std::set<std::string>& types) {
    const std::set<std::string> allowed = TypesOf(at.wide);
    for (const std::string& type : types) {
      if (allowed.contains(type) || (type == "integer" && allowed.contains("number"))) continue;
      const char* keyword = at.wide.contains("type") ? "type" : "enum";
      Reason(at, keyword, "the type " + type + " is not allowed");
    }
  }

  void Values(const Pair& at) {
    const auto allowed = ValuesOf(at.wide);
    if (!allowed) return;
    const char* keyword = at.wide.contains("enum") ? "enum" : "const";
    const auto values = ValuesOf(at.narrow);
    if (!values) return Reason(at, keyword, "only certain values are allowed");
    for (const Json& value : *values) {
      if (std::ranges::find(*allowed, value) == allowed->end()) {
        Reason(at, keyword, "the value " + Shown(value) + " is not allowed");
      }
    }
  }

  void Numbers(const Pair& at) {
    const Bound least = LowerBound(at.wide);
    if (least.keyword != nullptr && !LowerBound(at.narrow).AtLeast(least)) {
      Reason(at, least.keyword,
             "numbers below " + Shown(at.wide.at(least.keyword)) + " are not allowed");
    }
    const Bound most = UpperBound(at.wide);
    if (most.keyword != nullptr && !UpperBound(at.narrow).AtMost(most)) {
      Reason(at, most.keyword,
             "numbers above " + Shown(at.wide.at(most.keyword)) + " are not allowed");
    }
    const Json* step = Find(at.wide, "multipleOf");
    if (step == nullptr) return;
    const Json* finer = Find(at.narrow, "multipleOf");
    const double ratio = finer == nullptr ? 0.5 : finer->get<double>() / step->get<double>();
    const bool whole = *step == 1 && !TypesOf(at.narrow).contains("number");
    if (!whole && std::abs(ratio - std::round(ratio)) > 1e-9 * std::max(1.0, ratio)) {
      Reason(at, "multipleOf",
             "other numbers than multiples of " + Shown(*step) + " are not allowed");
    }
  }

  void Size(const Pair& at, const char* least, const char* most) {
    const auto wide = SizeOf(at.wide, least, most);
    const auto narrow = SizeOf(at.narrow, least, most);
    if (narrow.least < wide.least) {
      Reason(at, least, "a size below " + std::to_string(wide.least) + " is not allowed");
    }
    if (narrow.most > wide.most) {
      Reason(at, most, "a size above " + std::to_string(wide.most) + " is not allowed");
    }
  }

  /// For keywords that cannot be compared by their meaning.
  void Unchanged(const Pair& at, const char* keyword) {
    const Json* wide = Find(at.wide, keyword);
    if (wide == nullptr) return;
    const Json* narrow = Find(at.narrow, keyword);
    if (narrow == nullptr) {
      Reason(at, keyword, std::string("'") + keyword + "' is demanded");
    } else if (*narrow != *wide || wide->dump().find("\"$ref\"") != std::string::npos) {
      Reason(at, keyword, std::string("'") + keyword + "' is another, and two cannot be compared");
    }
  }

  void Condition(const Pair& at) {
    const Json* condition = Find(at.wide, "if");
    if (condition == nullptr) return;
    const Json* before = Find(at.narrow, "if");
    const bool same = before != nullptr && *before == *condition &&
                      condition->dump().find("\"$ref\"") == std::string::npos;
    if (!same) return Reason(at, "if", "the condition is another, and two cannot be compared");
    for (const char* keyword : {"then", "else"}) {
      const Json* wide = Find(at.wide, keyword);
      const Json* narrow = Find(at.narrow, keyword);
      if (wide != nullptr) Compare(*wide, narrow == nullptr ? Anything() : *narrow);
    }
  }

  void Combined(const Pair& at) {
    if (const Json* all = Find(at.wide, "allOf")) {
      for (const Json& one : *all) Compare(one, at.narrow);
    }
    for (const char* keyword : {"anyOf", "oneOf"}) {
      const Json* some = Find(at.wide, keyword);
      if (some == nullptr || FitsOneOf(*some, at.narrow)) continue;
      Reason(at, keyword, "no alternative is certain to fit");
    }
  }

  bool FitsOneOf(const Json& alternatives, const Json& narrow) {
    const auto one = [&](const Json& value) {
      return std::ranges::any_of(alternatives, [&](const Json& wide) { return Fits(wide, value); });
    };
    if (one(narrow)) return true;
    for (const char* keyword : {"anyOf", "oneOf"}) {
      const Json* some = Find(narrow, keyword);
      if (some != nullptr && std::ranges::all_of(*some, one)) return true;
    }
    return false;
  }

  void Arrays(const Pair& at) {
    Size(at, "minItems", "maxItems");
    Unchanged(at, "contains");
    if (at.wide.value("uniqueItems", false) && !at.narrow.value("uniqueItems", false)) {
      Reason(at, "uniqueItems", "an item twice is not allowed");
    }
    const Json* items = Find(at.wide, "items");
    if (items == nullptr) return;
    const Json* before = Find(at.narrow, "items");
    const std::size_t here = items->is_array() ? items->size() : 0;
    const std::size_t there = before != nullptr && before->is_array() ? before->size() : 0;
    for (std::size_t i = 0; i < std::max(here, there); ++i) {
      Compare(ItemOf(at.wide, i), ItemOf(at.narrow, i));
    }
    Compare(ItemOf(at.wide, SIZE_MAX), ItemOf(at.narrow, SIZE_MAX));
  }

  static const Json& ItemOf(const Json& node, std::size_t index) {
    const Json* items = Find(node, "items");
    if (items == nullptr) return Anything();
    if (!items->is_array()) return *items;
    if (index < items->size()) return items->at(index);
    const Json* rest = Find(node, "additionalItems");
    return rest == nullptr ? Anything() : *rest;
  }

  void Objects(const Pair& at) {
    Size(at, "minProperties", "maxProperties");
    Unchanged(at, "propertyNames");
    Unchanged(at, "dependencies");
    Required(at);
    for (const auto& [name, schema] : MembersOf(at.wide, "properties").items()) {
      for (const Json* before : SchemasFor(narrow_, at.narrow, name)) Compare(schema, *before);
    }
    Patterns(at);
    Additional(at);
  }

  void Required(const Pair& at) {
    const Json* names = Find(at.wide, "required");
    if (names == nullptr) return;
    const Json* before = Find(at.narrow, "required");
    for (std::size_t i = 0; i < names->size(); ++i) {
      if (before != nullptr && std::ranges::find(*before, names->at(i)) != before->end()) continue;
      Reason(at, "required/" + std::to_string(i), Shown(names->at(i)) + " is required");
    }
  }

  void Patterns(const Pair& at) {
    for (const auto& [pattern, schema] : MembersOf(at.wide, "patternProperties").items()) {
      for (const auto& [name, before] : MembersOf(at.narrow, "properties").items()) {
        if (wide_.Matches(pattern, name)) Compare(schema, before);
      }
      const Json& patterns = MembersOf(at.narrow, "patternProperties");
      if (patterns.contains(pattern)) {
        Compare(schema, patterns.at(pattern));
      } else if (!at.narrow.contains("additionalProperties") ||
                 at.narrow.at("additionalProperties") != false) {
        Reason(at, "patternProperties/" + PointerToken(pattern), "the pattern of names is new");
      }
    }
  }

  void Additional(const Pair& at) {
    const Json* rest = Find(at.wide, "additionalProperties");
    if (IsOpen(rest)) return;
    const auto judge = [&](const Json& before, const std::string& what) {
      if (*rest != false) return Compare(*rest, before);
      if (narrow_.Resolve(before) != false)
        Reason(at, "additionalProperties", what + " not allowed");
    };
    for (const auto& [name, before] : MembersOf(at.narrow, "properties").items()) {
      const Json& patterns = MembersOf(at.wide, "patternProperties");
      const auto matches = [&](const auto& one) { return wide_.Matches(one.key(), name); };
      const auto all = patterns.items();
      const bool named = MembersOf(at.wide, "properties").contains(name) ||
                         std::any_of(all.begin(), all.end(), matches);
      if (!named) judge(before, "the property '" + name + "' is");
    }
    for (const auto& [pattern, before] : MembersOf(at.narrow, "patternProperties").items()) {
      if (!MembersOf(at.wide, "patternProperties").contains(pattern)) {
        judge(before, "properties by the pattern '" + pattern + "' are");
      }
    }
    const Json* before = Find(at.narrow, "additionalProperties");
    judge(before == nullptr ? Anything() : *before, "properties without a name in the schema are");
  }

  static const Json& MembersOf(const Json& node, const char* keyword) {
    const Json* members = Find(node, keyword);
    return members == nullptr ? Anything() : *members;
  }

  /// What `node` asks of the property `name`; nothing where it does not speak of it.
  static std::vector<const Json*> SchemasFor(const SchemaDocument& document, const Json& node,
                                             const std::string& name) {
    std::vector<const Json*> found;
    const Json& properties = MembersOf(node, "properties");
    if (properties.contains(name)) found.push_back(&properties.at(name));
    for (const auto& [pattern, schema] : MembersOf(node, "patternProperties").items()) {
      if (found.empty() && document.Matches(pattern, name)) found.push_back(&schema);
    }
    const Json* rest = Find(node, "additionalProperties");
    if (found.empty() && !IsOpen(rest)) found.push_back(rest);
    return found;
  }

  const SchemaDocument& wide_;
  const SchemaDocument& narrow_;
  std::set<std::pair<const Json*, const Json*>> open_;
  std::vector<Uncovered> reasons_;
  std::size_t steps_ = 0;
};

}  // namespace

std::vector<Uncovered> WhatDoesNotFit(const SchemaDocument& wide, const SchemaDocument& narrow) {
  return Comparison(wide, narrow).Run();
}

}  // namespace notify::schema
