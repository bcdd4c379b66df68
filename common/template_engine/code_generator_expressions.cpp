#include "common/template_engine/code_generator.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace notify::template_engine {

namespace {

constexpr std::array<std::string_view, 6> kLanguage = {"if",   "unless", "each",
                                                       "with", "lookup", "log"};

}  // namespace

bool Generator::IsScoped(std::string_view text) {
  if (text.starts_with('.')) return true;
  for (std::size_t at = text.find("this"); at != text.npos; at = text.find("this", at + 1)) {
    const char next = at + 4 < text.size() ? text[at + 4] : ' ';
    const bool word = next == '_' || (next >= '0' && next <= '9') ||
                      ((next | 0x20) >= 'a' && (next | 0x20) <= 'z');
    if (!word) return true;
  }
  return false;
}

std::string_view Generator::SimpleName(const Expression& callee) {
  if (callee.type != Expression::Type::kPath) return callee.text;
  const bool simple =
      callee.parts.size() == 1 && callee.depth == 0 && !callee.data && !IsScoped(callee.text);
  return simple ? callee.parts[0] : std::string_view();
}

std::optional<Generator::Slot> Generator::BlockParam(std::string_view name) const {
  for (std::size_t level = 0; level < block_params_.size(); ++level) {
    const auto& names = *block_params_[block_params_.size() - 1 - level];
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) {
      return Slot{static_cast<std::uint32_t>(level),
                  static_cast<std::uint32_t>(found - names.begin())};
    }
  }
  return std::nullopt;
}

PathKind Generator::DataKind(std::string_view name) {
  if (name == "root") return PathKind::kRoot;
  if (name == "index") return PathKind::kIndex;
  if (name == "key") return PathKind::kKey;
  if (name == "first") return PathKind::kFirst;
  if (name == "last") return PathKind::kLast;
  return name == "partial-block" ? PathKind::kPartialBlock : PathKind::kVariable;
}

std::uint32_t Generator::AddPath(const Expression& expression, Use use) {
  Path path;
  path.text = Keep(expression.text);
  path.marked = Keep("[missing: " + std::string(expression.text) + "]");
  path.allow_absent = use.allow_absent;
  path.marker = use.marker;
  path.depth = expression.depth;
  path.first_part = static_cast<std::uint32_t>(program_->parts.size());
  if (expression.type != Expression::Type::kPath) {
    program_->parts.emplace_back(path.text);
  }
  for (const std::string_view part : expression.parts) program_->parts.emplace_back(Keep(part));
  path.part_count = static_cast<std::uint32_t>(program_->parts.size()) - path.first_part;
  const bool plain = path.part_count > 0 && !IsScoped(expression.text);
  path.null_is_object = same_context_ && path.part_count == 0 && path.depth == 0;
  if (expression.data) {
    path.kind = path.part_count > 0 ? DataKind(program_->parts[path.first_part].text())
                                    : PathKind::kVariable;
  } else if (plain && path.depth == 0) {
    if (const auto slot = BlockParam(program_->parts[path.first_part].text())) {
      path.kind = PathKind::kBlockParam;
      path.depth = slot->level;
      path.slot = slot->index;
    }
    path.walks_contexts = options_.compat;
  }
  path.is_plain = path.kind == PathKind::kContext && path.depth == 0 && path.part_count == 1 &&
                  !path.walks_contexts;
  program_->paths.push_back(path);
  return static_cast<std::uint32_t>(program_->paths.size() - 1);
}

bool Generator::PushLiteral(Position position, Value value) {
  program_->literals.push_back(value);
  Add(Op::kPushLiteral, position, static_cast<std::uint32_t>(program_->literals.size() - 1));
  return Operands(position, 1);
}

bool Generator::PushPath(const Expression& expression, Use use) {
  Add(Op::kPushPath, expression.position, AddPath(expression, use));
  return Operands(expression.position, 1);
}

bool Generator::Push(const Expression& expression, Use use) {
  switch (expression.type) {
    case Expression::Type::kPath:
      return PushPath(expression, use);
    case Expression::Type::kString:
      return PushLiteral(expression.position, Value::String(Keep(expression.text)));
    case Expression::Type::kNumber:
      return PushLiteral(expression.position, Value::Number(expression.number));
    case Expression::Type::kBool:
      return PushLiteral(expression.position, Value::Bool(expression.boolean));
    case Expression::Type::kUndefined:
      return PushLiteral(expression.position, Value());
    case Expression::Type::kNull:
      return PushLiteral(expression.position, Value::Null());
    case Expression::Type::kCall:
      return PushCall(*expression.call, use);
  }
  return false;
}

const Helper* Generator::FindHelper(std::string_view name) const {
  const auto found = std::find_if(options_.helpers.begin(), options_.helpers.end(),
                                  [&](const Helper& helper) { return helper.name == name; });
  return found == options_.helpers.end() ? nullptr : &*found;
}

bool Generator::UnknownHelper(const Expression& callee) {
  std::vector<std::string_view> known(kLanguage.begin(), kLanguage.end());
  for (const Helper& helper : options_.helpers) known.push_back(helper.name);
  const std::string_view nearest = NearestName(callee.text, known);
  std::string hint;
  if (!nearest.empty()) hint = "did you mean \"" + std::string(nearest) + "\"?";
  return FailAt(callee.position, "unknown helper \"" + std::string(callee.text) + "\"", hint);
}

bool Generator::WrongCount(const Expression& callee, std::string_view wanted) {
  return FailAt(callee.position, std::string(callee.text) + " requires " + std::string(wanted));
}

bool Generator::PushCall(const Call& call, Use use) {
  const std::string_view name = SimpleName(call.callee);
  const Position position = call.callee.position;
  if (name == "lookup") {
    if (call.params.size() != 2) return WrongCount(call.callee, "two arguments: an object, a name");
    if (!Push(call.params[0], use) || !Push(call.params[1], use)) return false;
    Add(Op::kLookup, position, 0, use.allow_absent ? kFlagAbsent : 0);
    return Operands(position, -1);
  }
  if (name == "log") return PushLiteral(position, Value::Null());
  if (name == "if" || name == "unless" || name == "each" || name == "with") {
    return FailAt(position, std::string(name) + " is a block: {{#" + std::string(name) + " …}}");
  }
  const Helper* helper = FindHelper(name);
  if (helper == nullptr) return UnknownHelper(call.callee);
  return HelperCallCode(call, *helper, use);
}

bool Generator::HelperCallCode(const Call& call, const Helper& helper, Use use) {
  const Position position = call.callee.position;
  const std::size_t count = call.params.size();
  if (count < helper.min_args || (helper.max_args != Helper::kAny && count > helper.max_args)) {
    return WrongCount(call.callee, CountText(helper));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const bool last_of_default = helper.name == "default" && i + 1 == count;
    const bool absent = use.allow_absent || (helper.allows_absent && !last_of_default);
    if (!Push(call.params[i], absent ? kOptional : use)) return false;
  }
  const auto first_name = static_cast<std::uint32_t>(program_->names.size());
  if (!PushHash(call, use)) return false;
  const std::uint32_t at =
      Add(Op::kCall, position, static_cast<std::uint32_t>(program_->helpers.size()));
  At(at).b = static_cast<std::uint32_t>(count);
  At(at).c = static_cast<std::uint32_t>(call.hash.size());
  program_->helpers.push_back(&helper);
  program_->helper_names.push_back(first_name);
  return Operands(position, 1 - static_cast<int>(count + call.hash.size()));
}

std::string Generator::CountText(const Helper& helper) {
  const std::string least = std::to_string(helper.min_args);
  if (helper.max_args == Helper::kAny) return least + " or more arguments";
  if (helper.max_args == helper.min_args) {
    return least + (helper.min_args == 1 ? " argument" : " arguments");
  }
  return least + " to " + std::to_string(helper.max_args) + " arguments";
}

bool Generator::PushHash(const Call& call, Use use) {
  const std::size_t reserved = program_->names.size();
  program_->names.resize(reserved + call.hash.size());
  for (std::size_t i = 0; i < call.hash.size(); ++i) {
    program_->names[reserved + i] = Keep(call.hash[i].first);
    if (!Push(call.hash[i].second, use)) return false;
  }
  return true;
}

bool Generator::IsLanguage(std::string_view name) {
  return std::find(kLanguage.begin(), kLanguage.end(), name) != kLanguage.end();
}

bool Generator::IsCall(const Call& call) const {
  const std::string_view name = SimpleName(call.callee);
  if (!name.empty() && BlockParam(name)) return false;
  return !call.params.empty() || !call.hash.empty() || IsLanguage(name);
}

}  // namespace notify::template_engine
