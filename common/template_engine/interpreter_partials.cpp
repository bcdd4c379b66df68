#include "common/template_engine/interpreter.hpp"

namespace notify::template_engine {

// Inline partials belong to the template that they are written in. Its latest activation knows
// which of them are open now.
const Interpreter::Inlines* Interpreter::InlinesOf(const Program* program) const {
  if (program == program_) return inlines_;
  for (const Frame* frame = frame_; frame != nullptr; frame = frame->parent) {
    if (frame->kind == FrameKind::kCall && frame->program == program) return frame->inlines;
  }
  return nullptr;
}

bool Interpreter::CallPartial(const PartialCall& call) {
  operands_ -= call.name_count;
  const Value* hash = stack_ + operands_;
  Value context = stack_[--operands_];
  std::string_view name = call.name;
  if (call.is_dynamic) {
    name = NameOf(stack_[--operands_]);
  }
  if (++calls_ > options_.limits.partial_depth) {
    return FailHere("partials call each other deeper than " +
                    std::to_string(options_.limits.partial_depth) + " levels");
  }
  Frame* frame = OpenFrame(FrameKind::kCall);
  if (frame == nullptr) return false;
  frame->program = program_;
  frame->return_to = at_ + 1;
  frame->out_start = out_.size();
  frame->indent = call.indent;
  if (call.name_count > 0) {
    const auto merged = MergeHash(context, call, hash);
    if (!merged) return OutOfMemory();
    context = *merged;
  }
  const Closure* current_block = CurrentBlock(data_);
  const Closure* block = nullptr;
  const Inlines* inlines = inlines_;
  if (call.has_block) {
    block = scratch_.Make(Closure{program_, call.block, contexts_, params_, current_block});
    data_ = scratch_.Make(DataFrame{.block = block, .parent = data_});
    if (block == nullptr || data_ == nullptr) return OutOfMemory();
    if (call.inline_count > 0) {
      inlines = scratch_.Make(
          Inlines{program_, call.first_inline, call.inline_count, contexts_, params_, inlines});
      if (inlines == nullptr) return OutOfMemory();
    }
  }
  if (name == "@partial-block" && current_block != nullptr) {
    return CallClosure(*current_block, context, true);
  }
  for (const Inlines* known = inlines; known != nullptr; known = known->parent) {
    for (std::uint32_t i = known->first + known->count; i-- > known->first;) {
      const InlinePartial& partial = known->program->inlines[i];
      if (partial.name != name) continue;
      const Closure closure{known->program, partial.start, known->contexts, known->params,
                            CurrentBlock(data_)};
      return CallClosure(closure, context, false);
    }
  }
  if (options_.partials != nullptr) {
    if (const auto found = options_.partials->find(name); found != options_.partials->end()) {
      return CallTemplate(*found->second.program_, context, inlines);
    }
  }
  if (block != nullptr) return CallClosure(*block, context, true);
  std::vector<std::string_view> known;
  if (options_.partials != nullptr) {
    for (const auto& [partial, unused] : *options_.partials) known.push_back(partial);
  }
  const std::string_view nearest = NearestName(name, known);
  return FailHere("The partial " + std::string(name) + " could not be found",
                  nearest.empty() ? "" : "did you mean \"" + std::string(nearest) + "\"?");
}

bool Interpreter::CallTemplate(const Program& program, const Value& context,
                               const Inlines* inlines) {
  const bool same = program_->compat && context.LooselyEquals(contexts_->value);
  if (!same) contexts_ = scratch_.Make(Context{context, program_->compat ? contexts_ : nullptr});
  if (contexts_ == nullptr) return OutOfMemory();
  context_ = context;
  params_ = nullptr;
  inlines_ = inlines;
  program_ = &program;
  at_ = 0;
  frame_->outside = nullptr;
  frame_->body_mark = frame_->statement_mark = scratch_.mark();
  return true;
}

bool Interpreter::CallClosure(const Closure& closure, const Value& context, bool is_block) {
  const Inlines* inlines = InlinesOf(closure.program);
  frame_->outside = closure.contexts;
  if (closure.contexts != nullptr && context.LooselyEquals(closure.contexts->value)) {
    contexts_ = closure.contexts;
  } else {
    contexts_ = scratch_.Make(Context{context, closure.contexts});
  }
  if (is_block) data_ = scratch_.Make(DataFrame{.block = closure.outer_block, .parent = data_});
  if (contexts_ == nullptr || (is_block && data_ == nullptr)) return OutOfMemory();
  context_ = context;
  params_ = closure.params;
  inlines_ = inlines;
  program_ = closure.program;
  at_ = closure.start;
  frame_->body_mark = frame_->statement_mark = scratch_.mark();
  return true;
}

// The context with the arguments of the call laid over it.
std::optional<Value> Interpreter::MergeHash(const Value& context, const PartialCall& call,
                                            const Value* values) {
  const bool is_array = context.kind() == Kind::kArray;
  std::size_t count = is_array || context.kind() == Kind::kObject ? context.size() : 0;
  auto* members = scratch_.MakeArray<Member>(count + call.name_count);
  if (members == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    members[i] =
        is_array ? Member{Name(NameOf(Value::Number(static_cast<double>(i)))), context.items()[i]}
                 : context.members()[i];
  }
  for (std::uint32_t i = 0; i < call.name_count; ++i) {
    const Name name(program_->names[call.first_name + i]);
    std::size_t at = 0;
    while (at < count && !(members[at].key == name)) ++at;
    if (at == count) ++count;
    members[at] = {name, values[i]};
  }
  steps_ += count * count / 64;
  return Value::Object({members, count});
}

bool Interpreter::Return() {
  if (frame_ == nullptr) return false;
  const Frame& frame = *frame_;
  if (!frame.indent.empty() && !Indent(frame.out_start, frame.indent)) return false;
  program_ = frame.program;
  at_ = frame.return_to;
  inlines_ = frame.inlines;
  --calls_;
  CloseFrame();
  return true;
}

// Every line that the partial wrote begins with its indent; a last empty line does not count.
bool Interpreter::Indent(std::size_t start, std::string_view indent) {
  std::size_t lines = start < out_.size() ? 1 : 0;
  for (std::size_t i = start; i + 1 < out_.size(); ++i) {
    if (out_[i] == '\n') ++lines;
  }
  steps_ += (out_.size() - start) / 64;
  const std::size_t added = lines * indent.size();
  if (out_.size() + added > out_begin_ + options_.limits.output_bytes) {
    return FailHere("the output is larger than " + std::to_string(options_.limits.output_bytes) +
                    " bytes");
  }
  std::size_t from = out_.size();
  out_.resize(out_.size() + added);
  std::size_t to = out_.size();
  while (from > start) {
    const char c = out_[--from];
    out_[--to] = c;
    const bool line_begins = from == start || out_[from - 1] == '\n';
    if (!line_begins) continue;
    to -= indent.size();
    indent.copy(out_.data() + to, indent.size());
  }
  return true;
}

}  // namespace notify::template_engine
