// valijson is named here and nowhere else. It compiles the schema (references, constraints) and
// judges single values; the walk over properties, items and alternatives is ours, because only that
// knows where in the data and on which line of the schema a refusal is, counts what it costs, and
// matches by RE2: the library's own walk says neither, and its regular expressions backtrack.
#include <algorithm>
#include <cmath>
#include <exception>
#include <set>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_visitor.hpp>

#include "common/model/json_pointer.hpp"
#include "common/schema/formats.hpp"
#include "common/schema/validator.hpp"
#include "common/schema/value_bounds.hpp"

namespace notify::schema {
namespace {

using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;
using valijson::Subschema;

constexpr std::size_t kMostViolations = 10;
constexpr std::size_t kBytesPerStep = 16;  // Of a string that is matched.

/// Where in the data the walk is: a chain on the stack, turned into text only for a refusal.
struct Place {
  const Place* above = nullptr;
  const std::string* name = nullptr;
  std::size_t index = 0;

  std::string Pointer() const {
    if (above == nullptr) return {};
    return above->Pointer() + "/" + (name != nullptr ? PointerToken(*name) : std::to_string(index));
  }
};

/// One check of one document.
struct Run {
  const SchemaDocument& document;
  std::size_t budget = 0;
  std::size_t steps = 0;
  int silent = 0;  // Above zero: inside a schema whose failing is no refusal.
  std::vector<FieldError> violations;
  std::unordered_map<std::string, std::regex> unused;  // The library's; nothing is put into it.

  bool Spend(std::size_t count) {
    steps += count;
    return steps <= budget;
  }
};

class Visitor final : public valijson::ValidationVisitor<Adapter> {
  using Base = valijson::ValidationVisitor<Adapter>;

 public:
  /// `node` is the schema that judges, without references.
  Visitor(Run& run, const Place& place, const Json& value, const Json& node)
      : Base(Adapter(value), {}, /*strictTypes=*/true, nullptr, run.unused),
        run_(run),
        place_(place),
        value_(value),
        node_(node) {}

  bool Accepts(const Subschema& schema) {
    if (!run_.Spend(1)) return false;
    if (schema.getAlwaysInvalid()) return Refuse("", "is not allowed by this schema");
    Subschema::ApplyFunction judge = [this](const valijson::constraints::Constraint& one) {
      return run_.Spend(1) && one.accept(*this);
    };
    return run_.silent > 0 ? schema.applyStrict(judge) : schema.apply(judge);
  }

  bool visit(const AllOfConstraint& constraint) override {
    return Count(constraint, "allOf", /*silent=*/false) == node_.at("allOf").size();
  }
  bool visit(const AnyOfConstraint& constraint) override {
    return Count(constraint, "anyOf", /*silent=*/true) > 0 ||
           Refuse("anyOf", "fits none of the alternatives");
  }
  bool visit(const OneOfConstraint& constraint) override {
    const std::size_t fitting = Count(constraint, "oneOf", /*silent=*/true);
    if (fitting == 1) return true;
    return Refuse("oneOf", fitting == 0 ? "fits none of the alternatives"
                                        : "fits more than one of the alternatives");
  }
  bool visit(const NotConstraint& constraint) override {
    return !Quietly(constraint.getSubschema(), value_, "not") ||
           Refuse("not", "fits what it must not fit");
  }
  bool visit(const ConditionalConstraint& constraint) override {
    const bool holds = Quietly(constraint.getIfSubschema(), value_, "if");
    const Subschema* rest = holds ? constraint.getThenSubschema() : constraint.getElseSubschema();
    return rest == nullptr || Here(*rest, node_.at(holds ? "then" : "else"));
  }
  bool visit(const ContainsConstraint& constraint) override {
    if (!value_.is_array()) return true;
    const bool found = std::ranges::any_of(value_, [&](const Json& item) {
      return Quietly(constraint.getSubschema(), item, "contains");
    });
    return found || Refuse("contains", "has no item that fits");
  }
  bool visit(const PropertyNamesConstraint& constraint) override {
    if (!value_.is_object()) return true;
    bool fits = true;
    for (const auto& member : value_.items()) {
      const Json name = member.key();
      if (Quietly(constraint.getSubschema(), name, "propertyNames")) continue;
      fits = Refuse("propertyNames", "has a name that is not allowed", &member.key());
    }
    return fits;
  }
  bool visit(const DependenciesConstraint& constraint) override {
    if (!value_.is_object()) return true;
    bool fits = true;
    for (const auto& [name, needs] : node_.at("dependencies").items()) {
      if (!needs.is_array() || !value_.contains(name)) continue;
      for (const Json& needed : needs) {
        if (run_.Spend(1) && value_.contains(needed.get_ref<const std::string&>())) continue;
        fits = Refuse("dependencies/" + PointerToken(name),
                      "has '" + name + "' and must have '" + needed.get<std::string>() + "' too");
      }
    }
    constraint.applyToSchemaDependencies([&](const auto& name, const Subschema* schema) {
      if (!value_.contains(name.c_str())) return true;
      fits = Here(*schema, node_.at("dependencies").at(name.c_str())) && fits;
      return true;
    });
    return fits;
  }

  bool visit(const PropertiesConstraint& constraint) override {
    if (!value_.is_object()) return true;
    std::set<const Json*> known;
    bool fits = true;
    constraint.applyToProperties([&](const auto& name, const Subschema* schema) {
      const auto member = value_.find(name.c_str());
      if (member == value_.end()) return run_.Spend(1);
      known.insert(&*member);
      fits = Member(member.key(), *member, *schema, Below("properties", name.c_str())) && fits;
      return fits || run_.silent == 0;
    });
    constraint.applyToPatternProperties([&](const auto& pattern, const Subschema* schema) {
      const std::string expression(pattern.c_str());
      for (auto member = value_.begin(); member != value_.end(); ++member) {
        if (!Matches(expression, member.key())) continue;
        known.insert(&*member);
        fits =
            Member(member.key(), *member, *schema, Below("patternProperties", expression)) && fits;
      }
      return fits || run_.silent == 0;
    });
    return Additional(constraint, known) && fits;
  }
  bool visit(const RequiredConstraint&) override {
    if (!value_.is_object()) return true;
    const Json& names = node_.at("required");
    bool fits = true;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto& name = names[i].get_ref<const std::string&>();
      if (run_.Spend(1) && value_.contains(name)) continue;
      fits = Refuse("required/" + std::to_string(i), "lacks the property '" + name + "'");
    }
    return fits;
  }
  bool visit(const SingularItemsConstraint& constraint) override {
    if (!value_.is_array()) return true;
    return Items(0, *constraint.getItemsSubschema(), node_.at("items"));
  }
  bool visit(const LinearItemsConstraint& constraint) override {
    if (!value_.is_array()) return true;
    bool fits = true;
    constraint.applyToItemSubschemas([&](unsigned index, const Subschema* schema) {
      if (index >= value_.size()) return false;
      fits = Item(index, *schema, node_.at("items").at(index)) && fits;
      return true;
    });
    const std::size_t count = constraint.getItemSubschemaCount();
    if (value_.size() <= count || !node_.contains("additionalItems")) return fits;
    const Json& rest = node_.at("additionalItems");
    if (rest == false) return Refuse("additionalItems", "has more items than it may");
    return Items(count, *constraint.getAdditionalItemsSubschema(), rest) && fits;
  }
  bool visit(const UniqueItemsConstraint&) override {
    if (!value_.is_array()) return true;
    std::vector<const Json*> sorted;
    for (const Json& item : value_) sorted.push_back(&item);
    if (!run_.Spend(sorted.size())) return false;
    std::ranges::sort(sorted, [](const Json* a, const Json* b) { return *a < *b; });
    const auto twice =
        std::ranges::adjacent_find(sorted, [](const Json* a, const Json* b) { return *a == *b; });
    return twice == sorted.end() || Refuse("uniqueItems", "has an item twice");
  }

  bool visit(const PatternConstraint&) override {
    if (!value_.is_string()) return true;
    return Matches(node_.at("pattern").get<std::string>(), value_.get_ref<const std::string&>()) ||
           Refuse("pattern", "does not match the pattern");
  }
  bool visit(const FormatConstraint& constraint) override {
    if (!value_.is_string()) return true;
    const auto& text = value_.get_ref<const std::string&>();
    return (run_.Spend(text.size() / kBytesPerStep) && FitsFormat(constraint.getFormat(), text)) ||
           Refuse("format", "is not a " + constraint.getFormat());
  }
  bool visit(const MultipleOfDoubleConstraint&) override { return Multiple(); }
  bool visit(const MultipleOfIntConstraint&) override { return Multiple(); }
  bool visit(const MinLengthConstraint& constraint) override {
    return Length(constraint.getMinLength(), UINT64_MAX) || Refuse("minLength", "is too short");
  }
  bool visit(const MaxLengthConstraint& constraint) override {
    return Length(0, constraint.getMaxLength()) || Refuse("maxLength", "is too long");
  }
  bool visit(const EnumConstraint& constraint) override {
    return (run_.Spend(node_.at("enum").size()) && Base::visit(constraint)) ||
           Refuse("enum", "is none of the values allowed");
  }
  bool visit(const TypeConstraint& constraint) override {
    // 3.0 is an integer in every draft since 6, and a float to the library.
    const Json& type = node_.at("type");
    const bool whole =
        value_.is_number_float() && std::floor(value_.get<double>()) == value_.get<double>() &&
        (type == "integer" || (type.is_array() && std::ranges::count(type, "integer")));
    return whole || Base::visit(constraint) ||
           Refuse("type", "must be of type " +
                              (type.is_string() ? type.get<std::string>() : type.dump()) +
                              ", and is of type " + value_.type_name());
  }

  bool visit(const ConstConstraint& one) override {
    return Base::visit(one) || Refuse("const", "is not the value required");
  }
  bool visit(const MaximumConstraint& one) override {
    if (Base::visit(one)) return true;
    return one.getExclusiveMaximum() ? Refuse("exclusiveMaximum", "is not below the maximum")
                                     : Refuse("maximum", "is above the maximum");
  }
  bool visit(const MinimumConstraint& one) override {
    if (Base::visit(one)) return true;
    return one.getExclusiveMinimum() ? Refuse("exclusiveMinimum", "is not above the minimum")
                                     : Refuse("minimum", "is below the minimum");
  }
  bool visit(const MaxItemsConstraint& one) override {
    return Base::visit(one) || Refuse("maxItems", "has too many items");
  }
  bool visit(const MinItemsConstraint& one) override {
    return Base::visit(one) || Refuse("minItems", "has too few items");
  }
  bool visit(const MaxPropertiesConstraint& one) override {
    return Base::visit(one) || Refuse("maxProperties", "has too many properties");
  }
  bool visit(const MinPropertiesConstraint& one) override {
    return Base::visit(one) || Refuse("minProperties", "has too few properties");
  }

 private:
  bool Refuse(std::string_view keyword, std::string detail, const std::string* member = nullptr) {
    if (run_.silent > 0 || run_.violations.size() >= kMostViolations) return false;
    const std::string pointer = run_.document.PointerOf(node_, keyword);
    const Place place{&place_, member, 0};
    run_.violations.push_back({.pointer = (member != nullptr ? place : place_).Pointer(),
                               .detail = std::move(detail),
                               .line = run_.document.LineOf(pointer)});
    return false;
  }

  const Json& Below(const char* keyword, const std::string& name) const {
    return node_.at(keyword).at(name);
  }
  /// The same value, by another schema.
  bool Here(const Subschema& schema, const Json& node) {
    return Visitor(run_, place_, value_, run_.document.Resolve(node)).Accepts(schema);
  }
  bool Quietly(const Subschema* schema, const Json& value, const char* keyword) {
    ++run_.silent;
    const bool fits =
        Visitor(run_, place_, value, run_.document.Resolve(node_.at(keyword))).Accepts(*schema);
    --run_.silent;
    return fits;
  }
  template <typename Constraint>
  std::size_t Count(const Constraint& constraint, const char* keyword, bool silent) {
    std::size_t fitting = 0;
    run_.silent += silent ? 1 : 0;
    constraint.applyToSubschemas([&](unsigned index, const Subschema* schema) {
      if (Here(*schema, node_.at(keyword).at(index))) ++fitting;
      return run_.steps <= run_.budget;
    });
    run_.silent -= silent ? 1 : 0;
    return fitting;
  }
  bool Member(const std::string& name, const Json& value, const Subschema& schema,
              const Json& node) {
    const Place place{&place_, &name, 0};
    return Visitor(run_, place, value, run_.document.Resolve(node)).Accepts(schema);
  }
  bool Item(std::size_t index, const Subschema& schema, const Json& node) {
    const Place place{&place_, nullptr, index};
    return Visitor(run_, place, value_.at(index), run_.document.Resolve(node)).Accepts(schema);
  }
  bool Items(std::size_t first, const Subschema& schema, const Json& node) {
    bool fits = true;
    for (std::size_t i = first; i < value_.size() && run_.steps <= run_.budget; ++i) {
      fits = Item(i, schema, node) && fits;
      if (!fits && run_.silent > 0) return false;
    }
    return fits;
  }
  bool Additional(const PropertiesConstraint& constraint, const std::set<const Json*>& known) {
    if (!node_.contains("additionalProperties") || known.size() == value_.size()) return true;
    const Json& rest = node_.at("additionalProperties");
    bool fits = true;
    for (auto member = value_.begin(); member != value_.end(); ++member) {
      if (known.contains(&*member) || !run_.Spend(1)) continue;
      if (rest == false) {
        fits = Refuse("additionalProperties", "is a property that is not allowed", &member.key());
      } else {
        const Subschema& schema = *constraint.getAdditionalPropertiesSubschema();
        fits = Member(member.key(), *member, schema, rest) && fits;
      }
    }
    return fits;
  }
  bool Matches(const std::string& pattern, const std::string& subject) {
    return run_.Spend(1 + subject.size() / kBytesPerStep) &&
           run_.document.Matches(pattern, subject);
  }
  bool Multiple() {
    return !value_.is_number() || IsMultiple(value_, node_.at("multipleOf")) ||
           Refuse("multipleOf", "is not a multiple of what it must be");
  }
  bool Length(std::uint64_t least, std::uint64_t most) {
    if (!value_.is_string()) return true;
    const auto& text = value_.get_ref<const std::string&>();
    const std::uint64_t length = CodePoints(text);
    return run_.Spend(text.size() / kBytesPerStep) && length >= least && length <= most;
  }

  Run& run_;
  const Place& place_;
  const Json& value_;
  const Json& node_;
};

}  // namespace

struct Validator::Compiled {
  const SchemaDocument& document;
  valijson::Schema schema;
};

Validator::Validator(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Validator::~Validator() = default;

Result<std::unique_ptr<const Validator>> Validator::Make(const SchemaDocument& document) {
  std::unique_ptr<Compiled> compiled(new Compiled{document, {}});
  try {
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(Adapter(document.root), compiled->schema);
  } catch (const std::exception& refusal) {
    return InvalidSchema({{.pointer = "", .detail = refusal.what(), .line = 1}});
  }
  return std::unique_ptr<const Validator>(new Validator(std::move(compiled)));
}

Validator::Outcome Validator::Check(const Json& data, std::size_t budget) const {
  const SchemaDocument& document = compiled_->document;
  Run run{document, budget, 0, 0, {}, {}};
  const Place root;
  const bool fits =
      Visitor(run, root, data, document.Resolve(document.root)).Accepts(compiled_->schema);
  if (run.steps > budget) {
    run.violations = {{.pointer = "",
                       .detail = "takes more steps to check than data of its size may (" +
                                 std::to_string(budget) + ")",
                       .line = 1}};
  } else if (!fits && run.violations.empty()) {
    run.violations.push_back({.pointer = "", .detail = "does not fit", .line = 1});
  }
  return {std::move(run.violations), std::min(run.steps, budget)};
}

}  // namespace notify::schema
