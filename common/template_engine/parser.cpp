#include "common/template_engine/parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "common/template_engine/lexer.hpp"

namespace notify::template_engine {

namespace {

Strip StripOf(std::string_view open, std::string_view close) {
  return {open.size() > 2 && open[2] == '~', close.size() > 2 && close[close.size() - 3] == '~'};
}

/// Recursive descent. Every function answers false when it has set `error_`.
class Parser {
 public:
  Parser(std::vector<Token> tokens, Arena& arena) : tokens_(std::move(tokens)), arena_(arena) {}

  TemplateResult<Body> Run() {
    Body root;
    if (Program(root) && !Is(TokenType::kEnd)) Unexpected("the end of the template");
    if (error_) return tl::unexpected(std::move(*error_));
    return root;
  }

 private:
  const Token& token() const { return tokens_[at_]; }
  bool Is(TokenType type) const { return token().type == type; }
  const Token& Take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

  bool FailAt(Position position, std::string detail) {
    if (error_) return false;
    error_.emplace();
    error_->detail = std::move(detail);
    error_->line = position.line;
    error_->column = position.column;
    return false;
  }

  bool Unexpected(std::string_view expected) {
    std::string found = Is(TokenType::kEnd) ? "the template ends" : "found `";
    if (!Is(TokenType::kEnd)) found.append(token().text.substr(0, 20)).append("`");
    return FailAt(token().position, "expected " + std::string(expected) + ", but " + found);
  }

  bool Expect(TokenType type, std::string_view what) {
    if (!Is(type)) return Unexpected(what);
    Take();
    return true;
  }

  bool Program(Body& body) {
    if (++nesting_ > kMaxNesting) {
      return FailAt(token().position, "blocks nest deeper than " + std::to_string(kMaxNesting));
    }
    while (StartsStatement()) {
      if (!ParseStatement(body.statements.emplace_back())) return false;
    }
    --nesting_;
    return true;
  }

  template <std::size_t kCount>
  bool IsOneOf(const std::array<TokenType, kCount>& types) const {
    return std::find(types.begin(), types.end(), token().type) != types.end();
  }

  bool StartsStatement() const {
    static constexpr std::array kStarts = {
        TokenType::kContent,     TokenType::kComment,          TokenType::kOpenRawBlock,
        TokenType::kOpenPartial, TokenType::kOpenPartialBlock, TokenType::kOpenBlock,
        TokenType::kOpenInverse, TokenType::kOpenUnescaped,    TokenType::kOpen};
    return IsOneOf(kStarts);
  }

  bool ParseStatement(Statement& statement) {
    const Token open = token();
    statement.position = open.position;
    if (Is(TokenType::kContent)) {
      statement.original = statement.value = Take().text;
      return true;
    }
    if (Is(TokenType::kComment)) {
      statement.type = Statement::Type::kComment;
      statement.strip = StripOf(open.text, open.text);
      Take();
      return true;
    }
    if (Is(TokenType::kOpenRawBlock)) return RawBlock(statement);
    if (Is(TokenType::kOpenPartial)) return Partial(statement);
    if (Is(TokenType::kOpenPartialBlock)) return PartialBlock(statement);
    if (Is(TokenType::kOpenBlock)) return Block(statement, false);
    if (Is(TokenType::kOpenInverse)) return Block(statement, true);
    return Mustache(statement);
  }

  bool Mustache(Statement& statement) {
    const Token open = Take();
    const bool triple = open.type == TokenType::kOpenUnescaped;
    const bool decorator = open.text.ends_with('*');
    statement.type = decorator ? Statement::Type::kDecorator : Statement::Type::kMustache;
    statement.escaped = !triple && !open.text.ends_with('&');
    if (!HelperName(statement.call.callee) || !Arguments(statement.call)) return false;
    statement.strip = StripOf(open.text, token().text);
    return triple ? Expect(TokenType::kCloseUnescaped, "`}}}`") : Expect(TokenType::kClose, "`}}`");
  }

  bool PartialTag(Statement& statement) {
    const Token open = Take();
    Expression& name = statement.call.callee;
    if (!(Is(TokenType::kOpenSexpr) ? SubExpression(name) : HelperName(name))) return false;
    if (!Arguments(statement.call)) return false;
    statement.strip = StripOf(open.text, token().text);
    return Expect(TokenType::kClose, "`}}`");
  }

  bool Partial(Statement& statement) {
    statement.type = Statement::Type::kPartial;
    return PartialTag(statement);
  }

  bool PartialBlock(Statement& statement) {
    statement.type = Statement::Type::kPartialBlock;
    statement.program = std::make_unique<Body>();
    return PartialTag(statement) && Program(*statement.program) && CloseBlock(statement);
  }

  bool RawBlock(Statement& statement) {
    Take();
    statement.type = Statement::Type::kBlock;
    statement.program = std::make_unique<Body>();
    if (!HelperName(statement.call.callee) || !Arguments(statement.call)) return false;
    if (!Expect(TokenType::kCloseRawBlock, "`}}}}`")) return false;
    while (Is(TokenType::kContent)) {
      Statement& content = statement.program->statements.emplace_back();
      content.position = token().position;
      content.original = content.value = Take().text;
    }
    if (!Is(TokenType::kEndRawBlock)) return Unexpected("the end of the raw block");
    return Matches(statement, Take().text);
  }

  bool Matches(const Statement& statement, std::string_view close) {
    const Expression& open = statement.call.callee;
    if (open.text == close) return true;
    return FailAt(open.position, std::string(open.text) + " doesn't match " + std::string(close));
  }

  bool BlockTag(Statement& statement, Body& body) {
    if (!HelperName(statement.call.callee) || !Arguments(statement.call)) return false;
    return !Is(TokenType::kOpenBlockParams) || BlockParams(body);
  }

  bool BlockParams(Body& body) {
    Take();
    while (Is(TokenType::kId)) body.block_params.push_back(Segment(Take().text));
    if (body.block_params.empty()) return Unexpected("the name of a block parameter");
    return Expect(TokenType::kCloseBlockParams, "`|`");
  }

  bool Block(Statement& statement, bool inverted) {
    const Token open = Take();
    const bool decorator = open.text.ends_with('*');
    statement.type = decorator ? Statement::Type::kDecoratorBlock : Statement::Type::kBlock;
    statement.program = std::make_unique<Body>();
    if (!BlockTag(statement, *statement.program)) return false;
    statement.strip = StripOf(open.text, token().text);
    if (!Expect(TokenType::kClose, "`}}`") || !Program(*statement.program)) return false;
    if (!Inverse(statement, inverted, decorator)) return false;
    if (inverted) statement.program.swap(statement.inverse);
    return CloseBlock(statement);
  }

  bool Inverse(Statement& statement, bool inverted, bool decorator) {
    const Token tag = token();
    const bool chain = tag.type == TokenType::kOpenInverseChain && !inverted;
    if (!chain && tag.type != TokenType::kInverse) return true;
    if (decorator) return FailAt(tag.position, "Unexpected inverse block on decorator");
    statement.inverse = std::make_unique<Body>();
    if (!chain) {
      Take();
      statement.inverse_strip = StripOf(tag.text, tag.text);
      return Program(*statement.inverse);
    }
    return InverseChain(statement);
  }

  // `{{else if x}}` is a block of its own, alone in the inverse of the one before it.
  bool InverseChain(Statement& outer) {
    if (++nesting_ > kMaxNesting) {
      return FailAt(token().position, "blocks nest deeper than " + std::to_string(kMaxNesting));
    }
    const Token open = Take();
    outer.inverse->chained = true;
    Statement& block = outer.inverse->statements.emplace_back();
    block.type = Statement::Type::kBlock;
    block.position = open.position;
    block.program = std::make_unique<Body>();
    if (!BlockTag(block, *block.program)) return false;
    block.strip = outer.inverse_strip = StripOf(open.text, token().text);
    if (!Expect(TokenType::kClose, "`}}`") || !Program(*block.program)) return false;
    if (!Inverse(block, false, false)) return false;
    // So does handlebars.js: only the first of a chain gets the strip of the closing tag.
    block.close_strip = block.strip;
    --nesting_;
    return true;
  }

  bool CloseBlock(Statement& statement) {
    const Token open = token();
    if (open.type != TokenType::kOpenEndBlock) {
      return Unexpected("`{{/" + std::string(statement.call.callee.text) + "}}`");
    }
    Take();
    Expression name;
    if (!HelperName(name)) return false;
    statement.close_strip = StripOf(open.text, token().text);
    if (!Expect(TokenType::kClose, "`}}`")) return false;
    if (statement.inverse && statement.inverse->chained) {
      statement.inverse->statements.front().close_strip = statement.close_strip;
    }
    return Matches(statement, name.text);
  }

  bool Arguments(Call& call) {
    while (StartsParam()) {
      if (Is(TokenType::kId) && tokens_[at_ + 1].type == TokenType::kEquals) break;
      if (!Param(call.params.emplace_back())) return false;
    }
    while (Is(TokenType::kId) && tokens_[at_ + 1].type == TokenType::kEquals) {
      auto& [name, value] = call.hash.emplace_back();
      name = Segment(Take().text);
      Take();
      if (!Param(value)) return false;
    }
    return true;
  }

  bool StartsParam() const {
    static constexpr std::array kStarts = {
        TokenType::kOpenSexpr, TokenType::kId,      TokenType::kData,      TokenType::kString,
        TokenType::kNumber,    TokenType::kBoolean, TokenType::kUndefined, TokenType::kNull};
    return IsOneOf(kStarts);
  }

  bool Param(Expression& expression) {
    return Is(TokenType::kOpenSexpr) ? SubExpression(expression) : HelperName(expression);
  }

  bool SubExpression(Expression& expression) {
    if (++nesting_ > kMaxNesting) {
      return FailAt(token().position,
                    "sub-expressions nest deeper than " + std::to_string(kMaxNesting));
    }
    expression.type = Expression::Type::kCall;
    expression.position = Take().position;
    expression.call = std::make_unique<Call>();
    if (!HelperName(expression.call->callee) || !Arguments(*expression.call)) return false;
    --nesting_;
    return Expect(TokenType::kCloseSexpr, "`)`");
  }

  bool HelperName(Expression& expression) {
    expression.position = token().position;
    expression.text = token().text;
    if (Is(TokenType::kId)) return Path(expression);
    if (Is(TokenType::kData)) {
      Take();
      expression.data = true;
      return Is(TokenType::kId) ? Path(expression) : Unexpected("a name after `@`");
    }
    const std::string_view text = expression.text;
    if (Is(TokenType::kString)) {
      expression.type = Expression::Type::kString;
    } else if (Is(TokenType::kNumber)) {
      expression.type = Expression::Type::kNumber;
      std::from_chars(text.data(), text.data() + text.size(), expression.number);
    } else if (Is(TokenType::kBoolean)) {
      expression.type = Expression::Type::kBool;
      expression.boolean = text == "true";
    } else if (Is(TokenType::kUndefined)) {
      expression.type = Expression::Type::kUndefined;
    } else if (Is(TokenType::kNull)) {
      expression.type = Expression::Type::kNull;
    } else {
      return Unexpected("a name or a value");
    }
    Take();
    return true;
  }

  static std::string_view Segment(std::string_view id) {
    const bool bracketed = id.size() >= 2 && id.front() == '[' && id.back() == ']';
    return bracketed ? id.substr(1, id.size() - 2) : id;
  }

  bool Path(Expression& path) {
    std::string original = path.data ? "@" : "";
    for (;;) {
      const std::string_view id = token().text;
      const std::string_view part = Segment(id);
      original += part;
      const bool literal = part.size() != id.size();
      if (!literal && (part == ".." || part == "." || part == "this")) {
        if (!path.parts.empty()) return FailAt(path.position, "Invalid path: " + original);
        if (part == "..") ++path.depth;
      } else {
        path.parts.push_back(part);
      }
      Take();
      if (!Is(TokenType::kSeparator)) break;
      original += Take().text;
      if (!Is(TokenType::kId)) return Unexpected("a name");
    }
    path.text = CopyText(arena_, original);
    return true;
  }

  const std::vector<Token> tokens_;
  Arena& arena_;
  std::optional<TemplateError> error_;
  std::size_t at_ = 0;
  int nesting_ = 0;
};

}  // namespace

TemplateResult<Body> Parse(std::string_view source, Arena& arena) {
  auto tokens = Tokenize(source, arena);
  if (!tokens) return tl::unexpected(std::move(tokens.error()));
  return Parser(std::move(*tokens), arena).Run();
}

}  // namespace notify::template_engine
