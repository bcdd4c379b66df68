#include "common/template_engine/code_generator.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace notify::template_engine {

namespace {

constexpr std::array<std::string_view, 6> kLanguage = {"if",   "unless", "each",
                                                       "with", "lookup", "log"};

// How an expression may be used where its value is missing.
struct Use {
  bool allow_absent = false;
  bool marker = false;
};
constexpr Use kShown{.marker = true};
constexpr Use kRequired{};
constexpr Use kOptional{.allow_absent = true};

class Generator {
 public:
  Generator(std::string name, const CompileOptions& options)
      : options_(options), program_(std::make_shared<Program>()) {
    program_->name = std::move(name);
    program_->compat = options.compat;
  }

  TemplateResult<std::shared_ptr<const Program>> Run(const Body& root) {
    if (BodyCode(root, kFlagTop)) {
      Add(Op::kReturn, Position{});
      for (PartialReference& partial : program_->partials)
        partial.is_inline = IsInline(partial.name);
      return program_;
    }
    return tl::unexpected(std::move(*error_));
  }

 private:
  // Building blocks

  std::uint32_t here() const { return static_cast<std::uint32_t>(program_->code.size()); }

  std::uint32_t Add(Op op, Position position, std::uint32_t a = 0, std::uint8_t flags = 0) {
    program_->code.push_back({.op = op, .flags = flags, .a = a});
    program_->positions.push_back(position);
    return here() - 1;
  }

  Instruction& At(std::uint32_t index) { return program_->code[index]; }

  bool FailAt(Position position, std::string detail, std::string hint = {}) {
    error_.emplace();
    error_->detail = std::move(detail);
    error_->hint = std::move(hint);
    error_->line = position.line;
    error_->column = position.column;
    return false;
  }

  bool Operands(Position position, int change) {
    operands_ += change;
    if (operands_ <= static_cast<int>(kMaxOperands)) return true;
    return FailAt(position, "more than " + std::to_string(kMaxOperands) + " arguments at once");
  }

  std::string_view Keep(std::string_view text) { return CopyText(program_->arena, text); }

  bool IsInline(std::string_view name) const {
    return std::any_of(program_->inlines.begin(), program_->inlines.end(),
                       [&](const InlinePartial& partial) { return partial.name == name; });
  }

  // Expressions

  static bool IsScoped(std::string_view text) {
    if (text.starts_with('.')) return true;
    for (std::size_t at = text.find("this"); at != text.npos; at = text.find("this", at + 1)) {
      const char next = at + 4 < text.size() ? text[at + 4] : ' ';
      const bool word = next == '_' || (next >= '0' && next <= '9') ||
                        ((next | 0x20) >= 'a' && (next | 0x20) <= 'z');
      if (!word) return true;
    }
    return false;
  }

  // The name by which a call may reach a helper, or nothing: `./x`, `../x` and `a.b` are data.
  static std::string_view SimpleName(const Expression& callee) {
    if (callee.type != Expression::Type::kPath) return callee.text;
    const bool simple =
        callee.parts.size() == 1 && callee.depth == 0 && !callee.data && !IsScoped(callee.text);
    return simple ? callee.parts[0] : std::string_view();
  }

  struct Slot {
    std::uint32_t level;
    std::uint32_t index;
  };

  std::optional<Slot> BlockParam(std::string_view name) const {
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

  static PathKind DataKind(std::string_view name) {
    if (name == "root") return PathKind::kRoot;
    if (name == "index") return PathKind::kIndex;
    if (name == "key") return PathKind::kKey;
    if (name == "first") return PathKind::kFirst;
    if (name == "last") return PathKind::kLast;
    return name == "partial-block" ? PathKind::kPartialBlock : PathKind::kVariable;
  }

  // A literal in the place of a name is the name of a variable: {{12}}, {{"foo bar"}}.
  std::uint32_t AddPath(const Expression& expression, Use use) {
    Path path;
    path.text = Keep(expression.text);
    path.marked = Keep("[missing: " + std::string(expression.text) + "]");
    path.allow_absent = use.allow_absent;
    path.marker = use.marker;
    path.depth = expression.depth;
    path.first_part = static_cast<std::uint32_t>(program_->parts.size());
    if (expression.type != Expression::Type::kPath) {
      program_->parts.push_back(path.text);
    }
    for (const std::string_view part : expression.parts) program_->parts.push_back(Keep(part));
    path.part_count = static_cast<std::uint32_t>(program_->parts.size()) - path.first_part;
    const bool plain = path.part_count > 0 && !IsScoped(expression.text);
    path.null_is_object = same_context_ && path.part_count == 0 && path.depth == 0;
    if (expression.data) {
      path.kind =
          path.part_count > 0 ? DataKind(program_->parts[path.first_part]) : PathKind::kVariable;
    } else if (plain && path.depth == 0) {
      if (const auto slot = BlockParam(program_->parts[path.first_part])) {
        path.kind = PathKind::kBlockParam;
        path.depth = slot->level;
        path.slot = slot->index;
      }
      path.walks_contexts = options_.compat;
    }
    program_->paths.push_back(path);
    return static_cast<std::uint32_t>(program_->paths.size() - 1);
  }

  bool PushLiteral(Position position, Value value) {
    program_->literals.push_back(value);
    Add(Op::kPushLiteral, position, static_cast<std::uint32_t>(program_->literals.size() - 1));
    return Operands(position, 1);
  }

  bool PushPath(const Expression& expression, Use use) {
    Add(Op::kPushPath, expression.position, AddPath(expression, use));
    return Operands(expression.position, 1);
  }

  bool Push(const Expression& expression, Use use) {
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

  const Helper* FindHelper(std::string_view name) const {
    const auto found = std::find_if(options_.helpers.begin(), options_.helpers.end(),
                                    [&](const Helper& helper) { return helper.name == name; });
    return found == options_.helpers.end() ? nullptr : &*found;
  }

  bool UnknownHelper(const Expression& callee) {
    std::vector<std::string_view> known(kLanguage.begin(), kLanguage.end());
    for (const Helper& helper : options_.helpers) known.push_back(helper.name);
    const std::string_view nearest = NearestName(callee.text, known);
    std::string hint;
    if (!nearest.empty()) hint = "did you mean \"" + std::string(nearest) + "\"?";
    return FailAt(callee.position, "unknown helper \"" + std::string(callee.text) + "\"", hint);
  }

  bool WrongCount(const Expression& callee, std::string_view wanted) {
    return FailAt(callee.position, std::string(callee.text) + " requires " + std::string(wanted));
  }

  // A call whose value stays on the operands.
  bool PushCall(const Call& call, Use use) {
    const std::string_view name = SimpleName(call.callee);
    const Position position = call.callee.position;
    if (name == "lookup") {
      if (call.params.size() != 2)
        return WrongCount(call.callee, "two arguments: an object, a name");
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

  bool HelperCallCode(const Call& call, const Helper& helper, Use use) {
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

  static std::string CountText(const Helper& helper) {
    const std::string least = std::to_string(helper.min_args);
    if (helper.max_args == Helper::kAny) return least + " or more arguments";
    if (helper.max_args == helper.min_args) {
      return least + (helper.min_args == 1 ? " argument" : " arguments");
    }
    return least + " to " + std::to_string(helper.max_args) + " arguments";
  }

  // The values first, in order; then the names, so that those of a nested call do not mix in.
  bool PushHash(const Call& call, Use use) {
    const std::size_t reserved = program_->names.size();
    program_->names.resize(reserved + call.hash.size());
    for (std::size_t i = 0; i < call.hash.size(); ++i) {
      program_->names[reserved + i] = Keep(call.hash[i].first);
      if (!Push(call.hash[i].second, use)) return false;
    }
    return true;
  }

  // Statements

  bool BodyCode(const Body& body, std::uint8_t closure) {
    const auto first = static_cast<std::uint32_t>(program_->inlines.size());
    const auto count = static_cast<std::uint32_t>(std::count_if(
        body.statements.begin(), body.statements.end(), [](const Statement& statement) {
          return statement.type == Statement::Type::kDecoratorBlock;
        }));
    program_->inlines.resize(first + count);
    std::uint32_t next = first;
    for (const Statement& statement : body.statements) {
      if (statement.type == Statement::Type::kDecoratorBlock && !Inline(statement, next++))
        return false;
    }
    if (count > 0) At(Add(Op::kOpenInlines, {}, first, closure)).b = count;
    for (const Statement& statement : body.statements) {
      if (!StatementCode(statement)) return false;
    }
    if (count > 0) Add(Op::kCloseInlines, {});
    return true;
  }

  bool StatementCode(const Statement& statement) {
    switch (statement.type) {
      case Statement::Type::kContent:
        Text(statement);
        return true;
      case Statement::Type::kComment:
      case Statement::Type::kDecoratorBlock:
        return true;
      case Statement::Type::kDecorator:
        return FailAt(statement.position, "the only decorator is the block {{#*inline \"name\"}}");
      case Statement::Type::kMustache:
        return Mustache(statement);
      case Statement::Type::kBlock:
        return Block(statement);
      case Statement::Type::kPartial:
      case Statement::Type::kPartialBlock:
        return Partial(statement);
    }
    return false;
  }

  void Text(const Statement& statement) { AddText(statement.value, statement.position); }

  void AddText(std::string_view text, Position position) {
    if (text.empty()) return;
    const std::uint32_t at =
        Add(Op::kText, position, static_cast<std::uint32_t>(program_->text.size()));
    At(at).b = static_cast<std::uint32_t>(text.size());
    program_->text += text;
  }

  static bool IsLanguage(std::string_view name) {
    return std::find(kLanguage.begin(), kLanguage.end(), name) != kLanguage.end();
  }

  // Whether it is a call for certain: with arguments, or of a word of the language.
  bool IsCall(const Call& call) const {
    const std::string_view name = SimpleName(call.callee);
    if (!name.empty() && BlockParam(name)) return false;
    return !call.params.empty() || !call.hash.empty() || IsLanguage(name);
  }

  bool Mustache(const Statement& statement) {
    const std::uint8_t flags = statement.escaped ? 0 : kFlagRaw;
    const Call& call = statement.call;
    if (!IsCall(call)) {
      Add(Op::kEmitPath, statement.position, AddPath(call.callee, kShown), flags);
      return true;
    }
    if (!PushCall(call, kShown)) return false;
    Add(Op::kEmit, statement.position, 0, flags);
    return Operands(statement.position, -1);
  }

  bool Block(const Statement& block) {
    const Call& call = block.call;
    const std::string_view name = SimpleName(call.callee);
    if (!IsCall(call)) {
      if (!PushPath(call.callee, kRequired)) return false;
      return Loop(block, Op::kSection);
    }
    if (name == "if" || name == "unless") return Condition(block, name == "unless");
    if (name == "each" || name == "with") {
      if (call.params.size() != 1) return WrongCount(call.callee, "exactly one argument");
      if (!Push(call.params[0], kRequired)) return false;
      return Loop(block, name == "each" ? Op::kEach : Op::kWith);
    }
    if (name == "log") return true;
    if (name == "lookup") {
      if (!PushCall(call, kShown)) return false;
      Add(Op::kEmit, block.position, 0, kFlagRaw);
      return Operands(block.position, -1);
    }
    const Helper* helper = FindHelper(name);
    if (helper == nullptr) return UnknownHelper(call.callee);
    if (!helper->is_condition) {
      return FailAt(call.callee.position,
                    std::string(name) + " is not a block: {{" + std::string(name) + " …}}");
    }
    return HelperCallCode(call, *helper, kOptional) && Branches(block, 0);
  }

  bool Condition(const Statement& block, bool negated) {
    const Call& call = block.call;
    if (call.params.size() != 1) return WrongCount(call.callee, "exactly one argument");
    if (!Push(call.params[0], kOptional)) return false;
    std::uint8_t flags = negated ? kFlagNegated : 0;
    for (const auto& [name, value] : call.hash) {
      if (name != "includeZero") continue;
      if (!Push(value, kOptional)) return false;
      flags |= kFlagZero;
      break;
    }
    return Branches(block, flags);
  }

  // if … else, the condition being on the operands.
  bool Branches(const Statement& block, std::uint8_t flags) {
    const Body* program = block.program.get();
    if (!(program ? program : block.inverse.get())->block_params.empty()) {
      return FailAt(block.position, "block parameters are for each and with");
    }
    const std::uint32_t test = Add(Op::kIf, block.position, 0, flags);
    operands_ -= (flags & kFlagZero) != 0 ? 2 : 1;
    const bool same = std::exchange(same_context_, true);
    if (program != nullptr && !BodyCode(*program, 0)) return false;
    if (block.inverse != nullptr) {
      const std::uint32_t jump = Add(Op::kJump, block.position);
      At(test).a = here();
      if (!BodyCode(*block.inverse, 0)) return false;
      At(jump).a = here();
    } else {
      At(test).a = here();
    }
    same_context_ = same;
    return true;
  }

  // each, with and sections: the body has a context of its own, the else branch has not.
  bool Loop(const Statement& block, Op op) {
    const std::uint32_t open = Add(op, block.position);
    --operands_;
    const bool same = std::exchange(same_context_, false);
    if (block.program != nullptr) {
      const auto& params = block.program->block_params;
      At(open).b = static_cast<std::uint32_t>(params.size());
      if (!params.empty()) block_params_.push_back(&params);
      const std::uint32_t start = here();
      if (!BodyCode(*block.program, kFlagFramed)) return false;
      Add(Op::kNext, block.position, start);
      if (!params.empty()) block_params_.pop_back();
    } else {
      Add(Op::kNext, block.position, here());
    }
    const std::uint32_t jump = Add(Op::kJump, block.position);
    At(open).a = here();
    same_context_ = true;
    if (block.inverse != nullptr && !BodyCode(*block.inverse, 0)) return false;
    At(jump).a = here();
    same_context_ = same;
    return true;
  }

  // A body that is jumped over where it stands and run when it is called.
  bool Closure(const Body& body, std::uint32_t& start) {
    const std::uint32_t jump = Add(Op::kJump, {});
    start = here();
    const bool same = std::exchange(same_context_, false);
    if (!BodyCode(body, kFlagFramed)) return false;
    same_context_ = same;
    Add(Op::kReturn, {});
    At(jump).a = here();
    return true;
  }

  bool Inline(const Statement& block, std::uint32_t index) {
    const Call& call = block.call;
    if (call.callee.text != "inline") {
      return FailAt(block.position, "the only decorator is the block {{#*inline \"name\"}}");
    }
    const bool named = call.params.size() == 1 && call.params[0].type != Expression::Type::kCall &&
                       call.params[0].type != Expression::Type::kPath;
    if (!named) return FailAt(block.position, "an inline partial needs a name in quotes");
    const std::string_view name = Keep(call.params[0].text);
    std::uint32_t start = 0;
    if (!Closure(*block.program, start)) return false;
    program_->inlines[index] = {name, start};
    return true;
  }

  bool Partial(const Statement& statement) {
    const Call& call = statement.call;
    if (call.params.size() > 1) {
      return FailAt(statement.position, "Unsupported number of partial arguments: " +
                                            std::to_string(call.params.size()));
    }
    PartialCall partial;
    partial.is_dynamic = call.callee.type == Expression::Type::kCall;
    if (options_.prevent_indent) {
      AddText(statement.indent, statement.position);
    } else {
      partial.indent = Keep(statement.indent);
    }
    partial.has_block = statement.program != nullptr;
    if (partial.has_block) {
      // Its inline partials are the first that its body adds.
      partial.first_inline = static_cast<std::uint32_t>(program_->inlines.size());
      partial.inline_count = static_cast<std::uint32_t>(std::count_if(
          statement.program->statements.begin(), statement.program->statements.end(),
          [](const Statement& inner) { return inner.type == Statement::Type::kDecoratorBlock; }));
      if (!Closure(*statement.program, partial.block)) return false;
    }
    if (partial.is_dynamic) {
      if (!PushCall(*call.callee.call, kRequired)) return false;
    } else {
      partial.name = Keep(call.callee.text);
      if (call.callee.text != "@partial-block") {
        program_->partials.push_back({.name = std::string(partial.name),
                                      .position = statement.position,
                                      .has_fallback = partial.has_block});
      }
    }
    if (!PushPartialContext(call, statement.position)) return false;
    partial.first_name = static_cast<std::uint32_t>(program_->names.size());
    partial.name_count = static_cast<std::uint32_t>(call.hash.size());
    if (!PushHash(call, kShown)) return false;
    operands_ -= static_cast<int>(call.hash.size()) + 1 + (partial.is_dynamic ? 1 : 0);
    Add(Op::kPartial, statement.position,
        static_cast<std::uint32_t>(program_->partial_calls.size()));
    program_->partial_calls.push_back(partial);
    return true;
  }

  bool PushPartialContext(const Call& call, Position position) {
    if (!call.params.empty()) return Push(call.params[0], kRequired);
    if (options_.explicit_partial_context) return PushLiteral(position, Value());
    Expression self;
    self.position = position;
    self.text = ".";
    return PushPath(self, kOptional);
  }

  const CompileOptions& options_;
  std::shared_ptr<Program> program_;
  std::optional<TemplateError> error_;
  std::vector<const std::vector<std::string_view>*> block_params_;
  int operands_ = 0;
  bool same_context_ = false;
};

}  // namespace

TemplateResult<std::shared_ptr<const Program>> Generate(const Body& root, std::string name,
                                                        const CompileOptions& options) {
  return Generator(std::move(name), options).Run(root);
}

}  // namespace notify::template_engine
