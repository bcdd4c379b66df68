// Whitespace control, as lib/handlebars/compiler/whitespace-control.js of handlebars.js 4.7 does
// it.
#include <cstddef>

#include "common/template_engine/lexer.hpp"
#include "common/template_engine/parser.hpp"

namespace notify::template_engine {

namespace {

using Statements = std::vector<Statement>;
using Index = std::ptrdiff_t;

constexpr bool IsBlank(char c) { return c == ' ' || c == '\t'; }

struct Standalone {
  bool open = false;
  bool close = false;
  bool inline_tag = false;
};

const Statement* At(const Statements& body, Index i) {
  return i >= 0 && i < std::ssize(body) ? &body[static_cast<std::size_t>(i)] : nullptr;
}

bool IsPrevWhitespace(const Statements& body, Index i, bool root) {
  const Statement* previous = At(body, i - 1);
  if (previous == nullptr) return root;
  if (previous->type != Statement::Type::kContent) return false;
  const std::string_view text = previous->original;
  const std::string_view space = text.substr(text.size() - TrailingSpace(text));
  const bool first = At(body, i - 2) == nullptr && root;
  return space.find('\n') != space.npos || (first && space.size() == text.size());
}

bool IsNextWhitespace(const Statements& body, Index i, bool root) {
  const Statement* next = At(body, i + 1);
  if (next == nullptr) return root;
  if (next->type != Statement::Type::kContent) return false;
  const std::string_view text = next->original;
  const std::string_view space = text.substr(0, LeadingSpace(text));
  const bool last = At(body, i + 2) == nullptr && root;
  return space.find('\n') != space.npos || (last && space.size() == text.size());
}

void OmitRight(Statements& body, Index i, bool multiple) {
  auto* current = const_cast<Statement*>(At(body, i + 1));
  if (current == nullptr || current->type != Statement::Type::kContent) return;
  if (!multiple && current->right_stripped) return;
  std::string_view& value = current->value;
  const std::size_t before = value.size();
  if (multiple) {
    value.remove_prefix(LeadingSpace(value));
  } else {
    while (!value.empty() && IsBlank(value.front())) value.remove_prefix(1);
    if (value.starts_with('\r')) value.remove_prefix(1);
    if (value.starts_with('\n')) value.remove_prefix(1);
  }
  current->right_stripped = value.size() != before;
}

bool OmitLeft(Statements& body, Index i, bool multiple) {
  auto* current = const_cast<Statement*>(At(body, i - 1));
  if (current == nullptr || current->type != Statement::Type::kContent) return false;
  if (!multiple && current->left_stripped) return false;
  std::string_view& value = current->value;
  const std::size_t before = value.size();
  if (multiple) {
    value.remove_suffix(TrailingSpace(value));
  } else {
    while (!value.empty() && IsBlank(value.back())) value.remove_suffix(1);
  }
  current->left_stripped = value.size() != before;
  return current->left_stripped;
}

class Control {
 public:
  explicit Control(bool ignore_standalone) : standalone_(!ignore_standalone) {}

  void Visit(Body& body, bool root) {
    Statements& all = body.statements;
    for (Index i = 0; i < std::ssize(all); ++i) {
      Statement& current = all[static_cast<std::size_t>(i)];
      if (current.type == Statement::Type::kContent) continue;
      const Standalone candidate = Inside(current);
      const bool block = current.program != nullptr || current.inverse != nullptr;
      const bool previous = IsPrevWhitespace(all, i, root);
      const bool next = IsNextWhitespace(all, i, root);
      if (block ? current.close_strip.close : current.strip.close) OmitRight(all, i, true);
      if (current.strip.open) OmitLeft(all, i, true);
      if (!standalone_) continue;
      if (candidate.inline_tag && previous && next) StandaloneTag(all, i);
      if (candidate.open && previous) {
        OmitRight((current.program ? current.program : current.inverse)->statements, -1, false);
        OmitLeft(all, i, false);
      }
      if (candidate.close && next) {
        OmitRight(all, i, false);
        Statements& last = (current.inverse ? current.inverse : current.program)->statements;
        OmitLeft(last, std::ssize(last), false);
      }
    }
  }

 private:
  void StandaloneTag(Statements& all, Index i) {
    OmitRight(all, i, false);
    Statement& current = all[static_cast<std::size_t>(i)];
    if (!OmitLeft(all, i, false) || current.type != Statement::Type::kPartial) return;
    const std::string_view before = all[static_cast<std::size_t>(i - 1)].original;
    std::size_t start = before.size();
    while (start > 0 && IsBlank(before[start - 1])) --start;
    current.indent = before.substr(start);
  }

  Standalone Inside(Statement& statement) {
    switch (statement.type) {
      case Statement::Type::kComment:
      case Statement::Type::kPartial:
        return {.inline_tag = true};
      case Statement::Type::kBlock:
      case Statement::Type::kDecoratorBlock:
      case Statement::Type::kPartialBlock:
        return InsideBlock(statement);
      case Statement::Type::kContent:
      case Statement::Type::kMustache:
      case Statement::Type::kDecorator:
        break;
    }
    return {};
  }

  Standalone InsideBlock(Statement& block) {
    if (block.program) Visit(*block.program, false);
    if (block.inverse) Visit(*block.inverse, false);
    Body& program = block.program ? *block.program : *block.inverse;
    Body* first_inverse = block.program ? block.inverse.get() : nullptr;
    Body* last_inverse = first_inverse;
    const bool has_inverse = first_inverse != nullptr;
    if (has_inverse && first_inverse->chained) {
      first_inverse = first_inverse->statements.front().program.get();
      while (last_inverse->chained) last_inverse = LastInChain(*last_inverse);
    }
    Statements& body = program.statements;
    Statements& closing = has_inverse ? first_inverse->statements : body;
    const Standalone result{.open = IsNextWhitespace(body, -1, false),
                            .close = IsPrevWhitespace(closing, std::ssize(closing), false)};
    if (block.strip.close) OmitRight(body, -1, true);
    if (!has_inverse) {
      if (block.close_strip.open) OmitLeft(body, std::ssize(body), true);
      return result;
    }
    Statements& ending = last_inverse->statements;
    if (block.inverse_strip.open) OmitLeft(body, std::ssize(body), true);
    if (block.inverse_strip.close) OmitRight(closing, -1, true);
    if (block.close_strip.open) OmitLeft(ending, std::ssize(ending), true);
    if (standalone_ && IsPrevWhitespace(body, std::ssize(body), false) &&
        IsNextWhitespace(closing, -1, false)) {
      OmitLeft(body, std::ssize(body), false);
      OmitRight(closing, -1, false);
    }
    return result;
  }

  static Body* LastInChain(Body& chained) { return chained.statements.back().program.get(); }

  const bool standalone_;
};

}  // namespace

void ControlWhitespace(Body& root, bool ignore_standalone) {
  Control(ignore_standalone).Visit(root, true);
}

}  // namespace notify::template_engine
