#include "common/template_engine/interpreter.hpp"

namespace notify::template_engine {

Interpreter::Frame* Interpreter::OpenFrame(FrameKind kind) {
  if (++depth_ > options_.limits.depth) {
    FailHere("blocks and partials are nested deeper than " + std::to_string(options_.limits.depth));
    return nullptr;
  }
  const auto mark = scratch_.mark();
  Frame* frame = scratch_.Make(Frame{});
  if (frame == nullptr) {
    OutOfMemory();
    return nullptr;
  }
  frame->kind = kind;
  frame->parent = frame_;
  frame->context = context_;
  frame->contexts = contexts_;
  frame->params = params_;
  frame->data = data_;
  frame->inlines = inlines_;
  frame->mark = mark;
  frame_ = frame;
  return frame;
}

void Interpreter::CloseFrame() {
  const Frame& frame = *frame_;
  context_ = frame.context;
  contexts_ = frame.contexts;
  params_ = frame.params;
  data_ = frame.data;
  --depth_;
  const auto mark = frame.mark;
  frame_ = frame.parent;
  scratch_.Release(mark);
}

// A context that is the one around it already does not count for `../`.
void Interpreter::EnterContext(Frame& frame, const Value& value) {
  context_ = value;
  if (value.kind() == Kind::kString) Charge(value);
  if (frame.contexts != nullptr && value.LooselyEquals(frame.contexts->value)) {
    contexts_ = frame.contexts;
  } else {
    *frame.own_context = {value, frame.contexts};
    contexts_ = frame.own_context;
  }
}

bool Interpreter::OpenLoop(const Instruction& instruction, const Value& over) {
  if (over.kind() < Kind::kArray || over.size() == 0) {
    at_ = instruction.a;
    return true;
  }
  Frame* frame = OpenFrame(FrameKind::kLoop);
  if (frame == nullptr) return false;
  frame->over = over;
  frame->own_context = scratch_.Make(Context{});
  frame->own_data = scratch_.Make(DataFrame{.is_loop = true, .parent = data_});
  if (frame->own_context == nullptr || frame->own_data == nullptr) return OutOfMemory();
  data_ = frame->own_data;
  if (instruction.b > 0) {
    frame->own_params = scratch_.MakeArray<Value>(2);
    const auto* params = frame->own_params == nullptr
                             ? nullptr
                             : scratch_.Make(BlockParams{frame->own_params, 2, params_});
    if (params == nullptr) return OutOfMemory();
    params_ = params;
  }
  frame->body_mark = frame->statement_mark = scratch_.mark();
  NextRound(*frame);
  ++at_;
  return true;
}

void Interpreter::NextRound(Frame& frame) {
  const std::uint32_t index = frame.next++;
  Value item;
  Value key;
  if (frame.over.kind() == Kind::kArray) {
    item = frame.over.items()[index];
    key = Value::Number(index);
  } else {
    const Member& member = frame.over.members()[index];
    item = member.value;
    key = Value::String(member.key.text());
  }
  frame.own_data->index = index;
  frame.own_data->key = key;
  frame.own_data->first = index == 0;
  frame.own_data->last = frame.next == frame.over.size();
  if (frame.own_params != nullptr) {
    frame.own_params[0] = item;
    frame.own_params[1] = key;
  }
  EnterContext(frame, item);
}

bool Interpreter::OpenContext(const Instruction& instruction, const Value& value) {
  if (value.IsEmpty()) {
    at_ = instruction.a;
    return true;
  }
  Frame* frame = OpenFrame(FrameKind::kContext);
  if (frame == nullptr) return false;
  frame->own_context = scratch_.Make(Context{});
  if (frame->own_context == nullptr) return OutOfMemory();
  if (instruction.b > 0) {
    // A section has no block parameters in handlebars.js: they stay unknown.
    const bool with = instruction.op == Op::kWith;
    Value* values = scratch_.Make(value);
    const auto* params =
        values == nullptr ? nullptr : scratch_.Make(BlockParams{values, with ? 1U : 0U, params_});
    if (params == nullptr) return OutOfMemory();
    params_ = params;
  }
  frame->body_mark = frame->statement_mark = scratch_.mark();
  EnterContext(*frame, value);
  ++at_;
  return true;
}

bool Interpreter::OpenSection(const Instruction& instruction) {
  const Value value = stack_[--operands_];
  const bool is_false = value.kind() == Kind::kBool && !value.boolean();
  if (value.is_nullish() || is_false || (value.kind() == Kind::kArray && value.size() == 0)) {
    at_ = instruction.a;
    return true;
  }
  if (value.kind() == Kind::kArray) return OpenLoop(instruction, value);
  // Beyond true, whatever is there is a context: 0 and "" too.
  Frame* frame = OpenFrame(value.kind() == Kind::kBool ? FrameKind::kSame : FrameKind::kContext);
  if (frame == nullptr) return false;
  if (instruction.b > 0) {
    const auto* params = scratch_.Make(BlockParams{nullptr, 0, params_});
    if (params == nullptr) return OutOfMemory();
    params_ = params;
  }
  frame->own_context = scratch_.Make(Context{});
  if (frame->own_context == nullptr) return OutOfMemory();
  frame->body_mark = frame->statement_mark = scratch_.mark();
  if (frame->kind == FrameKind::kContext) EnterContext(*frame, value);
  ++at_;
  return true;
}

bool Interpreter::Next(const Instruction& instruction) {
  Frame& frame = *frame_;
  if (frame.kind == FrameKind::kLoop && frame.next < frame.over.size()) {
    scratch_.Release(frame.body_mark);
    frame.statement_mark = frame.body_mark;
    NextRound(frame);
    at_ = instruction.a;
    return true;
  }
  CloseFrame();
  ++at_;
  return true;
}

bool Interpreter::OpenInlines(const Instruction& instruction) {
  const Context* contexts = contexts_;
  if (instruction.flags == kFlagTop) contexts = nullptr;
  if (instruction.flags == kFlagFramed && frame_ != nullptr) {
    contexts = frame_->kind == FrameKind::kCall ? frame_->outside : frame_->contexts;
  }
  const BlockParams* params = params_;
  inlines_ =
      scratch_.Make(Inlines{program_, instruction.a, instruction.b, contexts, params, inlines_});
  if (inlines_ == nullptr) return OutOfMemory();
  // From here on, statements give back only what they take after it.
  if (frame_ != nullptr) frame_->statement_mark = scratch_.mark();
  return true;
}

}  // namespace notify::template_engine
