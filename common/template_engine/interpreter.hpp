#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/template_engine/arena.hpp"
#include "common/template_engine/program.hpp"

namespace notify::template_engine {

/// Runs one program over one value: a loop over instructions, no recursion, all its state in the
/// scratch arena, given back when the block or the partial that took it ends.
///
/// Lifetime: one render.
/// Threads:  one.
class Interpreter {
 public:
  Interpreter(const Template& root, const Value& data, const RenderOptions& options,
              std::string& out);

  TemplateResult<void> Run();

 private:
  /// The contexts from the innermost out, as `../` counts them.
  struct Context {
    Value value;
    const Context* parent = nullptr;
  };

  struct BlockParams {
    const Value* values = nullptr;
    std::uint32_t count = 0;
    const BlockParams* parent = nullptr;
  };

  struct DataFrame;

  /// The body of a `{{#> …}}` with what it sees.
  struct Closure {
    const Program* program = nullptr;
    std::uint32_t start = 0;
    const Context* contexts = nullptr;
    const BlockParams* params = nullptr;
    const Closure* outer_block = nullptr;  ///< What `@partial-block` is inside of it.
  };

  /// A layer of `@names`: of a loop, or of a call with a block.
  struct DataFrame {
    bool is_loop = false;
    bool first = false;
    bool last = false;
    std::uint32_t index = 0;
    Value key;
    const Closure* block = nullptr;
    const DataFrame* parent = nullptr;
  };

  /// Inline partials that are known from here on.
  struct Inlines {
    const Program* program = nullptr;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    const Context* contexts = nullptr;
    const BlockParams* params = nullptr;
    const Inlines* parent = nullptr;
  };

  enum class FrameKind : std::uint8_t { kLoop, kContext, kSame, kCall };

  /// An open block or call, and what is to be restored at its end.
  struct Frame {
    FrameKind kind = FrameKind::kSame;
    bool has_params = false;
    Frame* parent = nullptr;
    Value context;
    const Context* contexts = nullptr;
    const BlockParams* params = nullptr;
    const DataFrame* data = nullptr;
    const Inlines* inlines = nullptr;
    Scratch::Mark mark;            ///< Where the arena stood when it opened.
    Scratch::Mark body_mark;       ///< Where each round of a loop begins.
    Scratch::Mark statement_mark;  ///< What statements take begins here.
    // Of a loop or a block with a context:
    Value over;
    std::uint32_t next = 0;
    DataFrame* own_data = nullptr;
    Context* own_context = nullptr;
    Value* own_params = nullptr;
    // Of a call:
    const Program* program = nullptr;
    std::uint32_t return_to = 0;
    const Context* outside = nullptr;  ///< The contexts where the called body was written.
    std::size_t out_start = 0;
    std::string_view indent;
  };

  bool Step(const Instruction& instruction);
  bool Finish();

  // Variables (interpreter_lookup.cpp)
  bool PushPath(const Path& path);
  bool EmitPath(const Path& path, bool raw);
  bool Resolve(const Path& path, Value& value);
  Value Start(const Path& path, std::uint32_t& part, bool& found) const;
  const Context* ContextAt(std::uint32_t depth) const;
  const DataFrame* DataAt(std::uint32_t depth) const;
  const Closure* CurrentBlock(const DataFrame* frame) const;
  Value LoopVariable(const Path& path) const;
  bool Absent(const Path& path, const Value& parent, std::uint32_t part);
  std::string Suggest(const Path& path, const Value& parent, std::uint32_t part) const;

  // Blocks (interpreter_blocks.cpp)
  Frame* OpenFrame(FrameKind kind);
  void CloseFrame();
  bool OpenLoop(const Instruction& instruction, const Value& over);
  bool OpenContext(const Instruction& instruction, const Value& value);
  bool OpenSection(const Instruction& instruction);
  void NextRound(Frame& frame);
  bool Next(const Instruction& instruction);
  void EnterContext(Frame& frame, const Value& value);
  bool OpenInlines(const Instruction& instruction);

  // Partials (interpreter_partials.cpp)
  bool CallPartial(const PartialCall& call);
  bool CallTemplate(const Program& program, const Value& context, const Inlines* inlines);
  bool CallClosure(const Closure& closure, const Value& context, bool is_block);
  const Inlines* InlinesOf(const Program* program) const;
  std::optional<Value> MergeHash(const Value& context, const PartialCall& call,
                                 const Value* values);
  bool Return();
  bool Indent(std::size_t start, std::string_view indent);

  bool Call(const Instruction& instruction);
  bool Lookup(const Instruction& instruction);
  bool If(const Instruction& instruction);
  bool Emit(const Value& value, bool raw);
  void Charge(const Value& value);
  bool FailHere(std::string detail, std::string hint = {});
  bool OutOfMemory();
  /// Makes a value of what has been written behind `start` and takes it out of the output.
  std::optional<Value> TakeText(std::size_t start);
  std::string_view NameOf(const Value& value);

  const RenderOptions& options_;
  std::string& out_;
  const std::size_t out_begin_;
  const Program* program_;
  std::uint32_t at_ = 0;

  Value root_;
  Value context_;
  const Context* contexts_ = nullptr;
  const BlockParams* params_ = nullptr;
  const DataFrame* data_ = nullptr;
  const Inlines* inlines_ = nullptr;
  Frame* frame_ = nullptr;
  int depth_ = 0;
  int calls_ = 0;
  std::size_t steps_ = 0;

  Context top_;
  Scratch scratch_;
  // Operands of calls, in memory that is left as it is until it is used.
  alignas(Value) std::byte operand_memory_[kMaxOperands * sizeof(Value)];
  Value* const stack_ = reinterpret_cast<Value*>(operand_memory_);
  std::size_t operands_ = 0;
  std::optional<TemplateError> error_;
};

}  // namespace notify::template_engine
