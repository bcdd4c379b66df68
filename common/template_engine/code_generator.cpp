#include "common/template_engine/code_generator.hpp"

#include <algorithm>
#include <utility>

namespace notify::template_engine {

Generator::Generator(std::string name, const CompileOptions& options)
    : options_(options), program_(std::make_unique<Program>()) {
  program_->name = std::move(name);
  program_->compat = options.compat;
}

TemplateResult<std::shared_ptr<const Program>> Generator::Run(const Body& root) {
  if (!BodyCode(root, kFlagTop)) return tl::unexpected(std::move(*error_));
  Add(Op::kReturn, Position{});
  return std::shared_ptr<const Program>(std::move(program_));
}

std::uint32_t Generator::Add(Op op, Position position, std::uint32_t a, std::uint8_t flags) {
  program_->code.push_back({.op = op, .flags = flags, .a = a});
  program_->positions.push_back(position);
  return here() - 1;
}

bool Generator::FailAt(Position position, std::string detail, std::string hint) {
  error_.emplace();
  error_->detail = std::move(detail);
  error_->hint = std::move(hint);
  error_->line = position.line;
  error_->column = position.column;
  return false;
}

bool Generator::Operands(Position position, int change) {
  operands_ += change;
  if (operands_ <= static_cast<int>(kMaxOperands)) return true;
  return FailAt(position, "more than " + std::to_string(kMaxOperands) + " arguments at once");
}

bool Generator::BodyCode(const Body& body, std::uint8_t closure) {
  const auto first = static_cast<std::uint32_t>(program_->inlines.size());
  const auto count = static_cast<std::uint32_t>(
      std::count_if(body.statements.begin(), body.statements.end(), [](const Statement& statement) {
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

bool Generator::StatementCode(const Statement& statement) {
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

void Generator::Text(const Statement& statement) { AddText(statement.value, statement.position); }

void Generator::AddText(std::string_view text, Position position) {
  if (text.empty()) return;
  const std::uint32_t at =
      Add(Op::kText, position, static_cast<std::uint32_t>(program_->text.size()));
  At(at).b = static_cast<std::uint32_t>(text.size());
  program_->text += text;
}

bool Generator::Mustache(const Statement& statement) {
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

bool Generator::Block(const Statement& block) {
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

bool Generator::Condition(const Statement& block, bool negated) {
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

bool Generator::Branches(const Statement& block, std::uint8_t flags) {
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

bool Generator::Loop(const Statement& block, Op op) {
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
  // handlebars.js hands the helpers {} for a null context, but not what stands for a section.
  same_context_ = op != Op::kSection || same;
  if (block.inverse != nullptr && !BodyCode(*block.inverse, 0)) return false;
  At(jump).a = here();
  same_context_ = same;
  return true;
}

bool Generator::Closure(const Body& body, std::uint32_t& start) {
  const std::uint32_t jump = Add(Op::kJump, {});
  start = here();
  const bool same = std::exchange(same_context_, false);
  if (!BodyCode(body, kFlagFramed)) return false;
  same_context_ = same;
  Add(Op::kReturn, {});
  At(jump).a = here();
  return true;
}

bool Generator::Inline(const Statement& block, std::uint32_t index) {
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

bool Generator::Partial(const Statement& statement) {
  const Call& call = statement.call;
  if (call.params.size() > 1) {
    return FailAt(statement.position,
                  "Unsupported number of partial arguments: " + std::to_string(call.params.size()));
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
  Add(Op::kPartial, statement.position, static_cast<std::uint32_t>(program_->partial_calls.size()));
  program_->partial_calls.push_back(partial);
  return true;
}

bool Generator::PushPartialContext(const Call& call, Position position) {
  if (!call.params.empty()) return Push(call.params[0], kRequired);
  if (options_.explicit_partial_context) return PushLiteral(position, Value());
  Expression self;
  self.position = position;
  self.text = ".";
  return PushPath(self, kOptional);
}

}  // namespace notify::template_engine
