#include "common/template_engine/interpreter.hpp"

namespace notify::template_engine {

Interpreter::Interpreter(const Template& root, const Value& data, const RenderOptions& options,
                         std::string& out)
    : options_(options),
      out_(out),
      out_begin_(out.size()),
      program_(root.program_.get()),
      root_(data),
      context_(data),
      top_{data, nullptr},
      scratch_(options.limits.scratch_bytes) {
  contexts_ = &top_;
  if (options.variables.kind() == Kind::kObject) {
    const Value root_variable = options.variables.Find("root");
    if (!root_variable.is_undefined()) root_ = root_variable;
  }
}

TemplateResult<void> Interpreter::Run() {
  const std::size_t most_output = out_begin_ + options_.limits.output_bytes;
  bool going = true;
  while (going) {
    const Instruction& instruction = program_->code[at_];
    if (++steps_ > options_.limits.steps) {
      FailHere("the template takes more than " + std::to_string(options_.limits.steps) + " steps");
      break;
    }
    going = Step(instruction);
    if (out_.size() > most_output && !error_) {
      FailHere("the output is larger than " + std::to_string(options_.limits.output_bytes) +
               " bytes");
      break;
    }
  }
  if (!error_) return {};
  out_.resize(out_begin_);
  return tl::unexpected(std::move(*error_));
}

// Answers false when the render is over, well or with `error_`.
bool Interpreter::Step(const Instruction& instruction) {
  switch (instruction.op) {
    case Op::kText:
      out_.append(program_->text, instruction.a, instruction.b);
      break;
    case Op::kEmitPath:
      if (!EmitPath(program_->paths[instruction.a], (instruction.flags & kFlagRaw) != 0))
        return false;
      break;
    case Op::kPushPath:
      if (!PushPath(program_->paths[instruction.a])) return false;
      break;
    case Op::kPushLiteral:
      stack_[operands_++] = program_->literals[instruction.a];
      break;
    case Op::kCall:
      if (!Call(instruction)) return false;
      break;
    case Op::kLookup:
      if (!Lookup(instruction)) return false;
      break;
    case Op::kEmit:
      if (!Emit(stack_[--operands_], (instruction.flags & kFlagRaw) != 0)) return false;
      // What helpers made for this text is not needed any more: a statement leaves no operands.
      if (frame_ != nullptr) scratch_.Release(frame_->statement_mark);
      break;
    case Op::kJump:
      at_ = instruction.a;
      return true;
    case Op::kIf:
      return If(instruction);
    case Op::kEach:
      return OpenLoop(instruction, stack_[--operands_]);
    case Op::kWith:
      return OpenContext(instruction, stack_[--operands_]);
    case Op::kSection:
      return OpenSection(instruction);
    case Op::kNext:
      return Next(instruction);
    case Op::kOpenInlines:
      if (!OpenInlines(instruction)) return false;
      break;
    case Op::kCloseInlines:
      inlines_ = inlines_->parent;
      break;
    case Op::kPartial:
      return CallPartial(program_->partial_calls[instruction.a]);
    case Op::kReturn:
      return Return();
  }
  ++at_;
  return true;
}

bool Interpreter::If(const Instruction& instruction) {
  bool include_zero = false;
  if ((instruction.flags & kFlagZero) != 0) include_zero = stack_[--operands_].IsTruthy();
  const Value value = stack_[--operands_];
  const bool holds = !value.IsEmpty() && (include_zero || value.IsTruthy());
  const bool negated = (instruction.flags & kFlagNegated) != 0;
  at_ = holds != negated ? at_ + 1 : instruction.a;
  return true;
}

bool Interpreter::Call(const Instruction& instruction) {
  const Helper& helper = *program_->helpers[instruction.a];
  const std::size_t count = instruction.b + instruction.c;
  const Value* first = stack_ + (operands_ - count);
  const std::string_view* names = program_->names.data() + program_->helper_names[instruction.a];
  for (std::size_t i = 0; i < count; ++i) Charge(first[i]);
  HelperCall call({first, instruction.b}, {names, instruction.c},
                  {first + instruction.b, instruction.c}, scratch_, out_, options_.escape);
  const Value value = helper.function(call);
  if (!call.failure().empty()) return FailHere(call.failure());
  operands_ -= count;
  stack_[operands_++] = value;
  Charge(value);
  return true;
}

bool Interpreter::Lookup(const Instruction& instruction) {
  const Value name = stack_[--operands_];
  const Value object = stack_[operands_ - 1];
  // handlebars.js: what is falsy is its own answer.
  if (!object.IsTruthy()) return true;
  const std::string_view key = NameOf(name);
  const Value found = object.Find(key);
  const bool allowed = (instruction.flags & kFlagAbsent) != 0;
  if (found.is_undefined() && options_.missing == Missing::kError && !allowed) {
    return FailHere("lookup finds no \"" + std::string(key) + "\"");
  }
  stack_[operands_ - 1] = found;
  return true;
}

bool Interpreter::Emit(const Value& value, bool raw) {
  if (raw || value.is_safe() || options_.escape == Escape::kNone) {
    value.AppendText(out_);
  } else if (value.kind() == Kind::kString) {
    AppendEscaped(options_.escape, value.text(), out_);
  } else if (value.kind() <= Kind::kNumber) {
    value.AppendText(out_);
  } else {
    const std::size_t start = out_.size();
    value.AppendText(out_);
    const auto text = TakeText(start);
    if (!text) return false;
    AppendEscaped(options_.escape, text->text(), out_);
  }
  return true;
}

// Work on large values counts: a loop over a long text must end like any other.
void Interpreter::Charge(const Value& value) {
  steps_ += value.size() / (value.kind() == Kind::kString ? 64 : 8);
}

std::optional<Value> Interpreter::TakeText(std::size_t start) {
  const std::string_view written = std::string_view(out_).substr(start);
  const std::string_view text = CopyText(scratch_, written);
  if (text.size() != written.size()) {
    OutOfMemory();
    return std::nullopt;
  }
  out_.resize(start);
  return Value::String(text);
}

std::string_view Interpreter::NameOf(const Value& value) {
  if (value.kind() == Kind::kString) return value.text();
  const std::size_t start = out_.size();
  value.AppendText(out_);
  const auto text = TakeText(start);
  return text ? text->text() : std::string_view();
}

bool Interpreter::FailHere(std::string detail, std::string hint) {
  if (error_) return false;
  const Position position = program_->positions[at_];
  error_.emplace();
  error_->code = Errc::kTemplateData;
  error_->detail = std::move(detail);
  error_->hint = std::move(hint);
  error_->template_name = program_->name;
  error_->line = position.line;
  error_->column = position.column;
  return false;
}

bool Interpreter::OutOfMemory() {
  return FailHere("the render needs more memory than its limit of " +
                  std::to_string(options_.limits.scratch_bytes) + " bytes");
}

TemplateResult<void> Render(const Template& root, const Value& data, const RenderOptions& options,
                            std::string& out) {
  return Interpreter(root, data, options, out).Run();
}

}  // namespace notify::template_engine
