#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/template_engine/ast.hpp"
#include "common/template_engine/program.hpp"

namespace notify::template_engine {

/// Turns a parsed template, whitespace control applied, into a program that keeps nothing of it.
///
/// kInvalidTemplate  unknown helper, wrong count of arguments, a decorator other than `inline`.
///
/// Lifetime: one compilation; the options must outlive it.
/// Threads:  one.
class Generator {
 public:
  Generator(std::string name, const CompileOptions& options);

  /// To be called once.
  TemplateResult<std::shared_ptr<const Program>> Run(const Body& root);

 private:
  /// How a value may be used where it is missing.
  struct Use {
    bool allow_absent = false;
    bool marker = false;
  };
  static constexpr Use kShown{false, true};
  static constexpr Use kRequired{false, false};
  static constexpr Use kOptional{true, false};

  std::uint32_t here() const { return static_cast<std::uint32_t>(program_->code.size()); }
  std::uint32_t Add(Op op, Position position, std::uint32_t a = 0, std::uint8_t flags = 0);
  Instruction& At(std::uint32_t index) { return program_->code[index]; }
  bool FailAt(Position position, std::string detail, std::string hint = {});
  bool Operands(Position position, int change);
  std::string_view Keep(std::string_view text) { return CopyText(program_->arena, text); }

  // Expressions (code_generator_expressions.cpp)
  static bool IsScoped(std::string_view text);
  // The name by which a call may reach a helper, or nothing: `./x`, `../x` and `a.b` are data.
  static std::string_view SimpleName(const Expression& callee);
  struct Slot {
    std::uint32_t level;
    std::uint32_t index;
  };

  std::optional<Slot> BlockParam(std::string_view name) const;
  static PathKind DataKind(std::string_view name);
  // A literal in the place of a name is the name of a variable: {{12}}, {{"foo bar"}}.
  std::uint32_t AddPath(const Expression& expression, Use use);
  bool PushLiteral(Position position, Value value);
  bool PushPath(const Expression& expression, Use use);
  bool Push(const Expression& expression, Use use);
  const Helper* FindHelper(std::string_view name) const;
  bool UnknownHelper(const Expression& callee);
  bool WrongCount(const Expression& callee, std::string_view wanted);
  // A call whose value stays on the operands.
  bool PushCall(const Call& call, Use use);
  bool HelperCallCode(const Call& call, const Helper& helper, Use use);
  static std::string CountText(const Helper& helper);
  // The values first, in order; then the names, so that those of a nested call do not mix in.
  bool PushHash(const Call& call, Use use);

  // Statements (code_generator.cpp)
  bool BodyCode(const Body& body, std::uint8_t closure);
  bool StatementCode(const Statement& statement);
  void Text(const Statement& statement);
  void AddText(std::string_view text, Position position);
  static bool IsLanguage(std::string_view name);
  // Whether it is a call for certain: with arguments, or of a word of the language.
  bool IsCall(const Call& call) const;
  bool Mustache(const Statement& statement);
  bool Block(const Statement& block);
  bool Condition(const Statement& block, bool negated);
  // if … else, the condition being on the operands.
  bool Branches(const Statement& block, std::uint8_t flags);
  // each, with and sections: the body has a context of its own, the else branch has not.
  bool Loop(const Statement& block, Op op);
  // A body that is jumped over where it stands and run when it is called.
  bool Closure(const Body& body, std::uint32_t& start);
  bool Inline(const Statement& block, std::uint32_t index);
  bool Partial(const Statement& statement);
  bool PushPartialContext(const Call& call, Position position);

  const CompileOptions& options_;
  std::unique_ptr<Program> program_;
  std::optional<TemplateError> error_;
  std::vector<const std::vector<std::string_view>*> block_params_;
  int operands_ = 0;
  bool same_context_ = false;
};

}  // namespace notify::template_engine
