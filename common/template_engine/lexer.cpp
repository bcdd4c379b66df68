#include "common/template_engine/lexer.hpp"

#include <string>

#include "common/utf8.hpp"

namespace notify::template_engine {

namespace {

constexpr std::string_view kIdStops = "!\"#%&'()*+,./;<=>@[\\]^`{|}~";

bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The length of the white space character at the start of `text`, 0 if there is none.
std::size_t SpaceAt(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<unsigned char>(text[0]) < 0x80U) return IsAsciiSpace(text[0]) ? 1 : 0;
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.size() < 3) return 0;
  const std::string_view three = text.substr(0, 3);
  if (three == "\xE1\x9A\x80" || three == "\xE3\x80\x80" || three == "\xEF\xBB\xBF") return 3;
  if (three == "\xE2\x81\x9F") return 3;
  if (!three.starts_with("\xE2\x80")) return 0;
  const auto last = static_cast<unsigned char>(three[2]);
  return last <= 0x8AU || last == 0xA8U || last == 0xA9U || last == 0xAFU ? 3 : 0;
}

// Where the character begins that is not UTF-8.
std::size_t FirstInvalidUtf8(std::string_view text) {
  Utf8Checker checker;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (checker.AtBoundary()) start = i;
    if (!checker.Feed(text.substr(i, 1))) break;
  }
  return start;
}

class Lexer {
 public:
  Lexer(std::string_view source, Arena& arena) : source_(source), arena_(arena) {}

  TemplateResult<std::vector<Token>> Run() {
    if (!IsUtf8(source_)) return Failure(FirstInvalidUtf8(source_), "the text is not UTF-8");
    if (const std::size_t nul = source_.find('\0'); nul != source_.npos) {
      return Failure(nul, "the text holds a NUL character");
    }
    while (at_ < source_.size() && problem_.empty() && !invalid_) {
      switch (state_) {
        case State::kText:
          Text();
          break;
        case State::kEscaped:
          Escaped();
          break;
        case State::kMustache:
          Mustache();
          break;
        case State::kRaw:
          Raw();
          break;
      }
    }
    if (problem_.empty() && !invalid_ && state_ == State::kRaw)
      problem_ = "a raw block is not closed";
    if (!problem_.empty()) return Failure(at_, problem_);
    Push(TokenType::kEnd, 0);
    return std::move(tokens_);
  }

 private:
  enum class State { kText, kEscaped, kMustache, kRaw };

  std::string_view rest() const { return source_.substr(at_); }

  tl::unexpected<TemplateError> Failure(std::size_t at, std::string detail) {
    const Position position = PositionAt(at);
    TemplateError error;
    error.detail = std::move(detail);
    error.line = position.line;
    error.column = position.column;
    return tl::unexpected(std::move(error));
  }

  Position PositionAt(std::size_t at) {
    for (; counted_ < at; ++counted_) {
      const auto byte = static_cast<unsigned char>(source_[counted_]);
      if (byte == '\n') {
        ++position_.line;
        position_.column = 1;
      } else if ((byte & 0xC0U) != 0x80U) {
        ++position_.column;
      }
    }
    return position_;
  }

  void Push(TokenType type, std::size_t length) {
    PushText(type, length, source_.substr(at_, length));
  }

  void PushText(TokenType type, std::size_t length, std::string_view text) {
    tokens_.push_back({type, text, PositionAt(at_)});
    at_ += length;
  }

  void Text() {
    std::size_t open = source_.find("{{", at_);
    if (open == source_.npos) {
      Push(TokenType::kContent, source_.size() - at_);
      return;
    }
    std::string_view text = source_.substr(at_, open - at_);
    const std::size_t length = text.size();
    state_ = State::kMustache;
    if (text.ends_with("\\\\")) {
      text.remove_suffix(1);
    } else if (text.ends_with('\\')) {
      text.remove_suffix(1);
      state_ = State::kEscaped;
    }
    if (text.empty()) {
      at_ += length;
    } else {
      PushText(TokenType::kContent, length, text);
    }
  }

  // After `\{{`: text up to the next mustache, escaped or not.
  void Escaped() {
    std::size_t end = source_.find("{{", at_ + 2);
    if (end == source_.npos) {
      end = source_.size();
    } else {
      for (int i = 0; i < 2 && end > at_ + 2 && source_[end - 1] == '\\'; ++i) --end;
    }
    Push(TokenType::kContent, end - at_);
    state_ = State::kText;
  }

  std::size_t IdLength(std::string_view text) const {
    std::size_t length = 0;
    while (length < text.size() && kIdStops.find(text[length]) == text.npos &&
           SpaceAt(text.substr(length)) == 0) {
      ++length;
    }
    return length;
  }

  void Raw() {
    const std::string_view text = rest();
    if (text.starts_with("{{{{") && text.size() > 4 && text[4] != '/') {
      ++raw_depth_;
      Push(TokenType::kContent, 4);
      return;
    }
    if (text.starts_with("{{{{/")) {
      const std::size_t id = IdLength(text.substr(5));
      if (id > 0 && text.substr(5 + id).starts_with("}}}}")) {
        const std::size_t length = 5 + id + 4;
        if (--raw_depth_ > 0) {
          Push(TokenType::kContent, length);
        } else {
          PushText(TokenType::kEndRawBlock, length, text.substr(5, id));
          state_ = State::kText;
        }
        return;
      }
    }
    const std::size_t next = text.find("{{{{", 1);
    if (next == text.npos) {
      problem_ = "a raw block is not closed";
    } else {
      Push(TokenType::kContent, next);
    }
  }

  void Mustache() {
    if (rest().starts_with("{{")) {
      Open();
    } else if (const std::size_t space = LeadingSpace(rest()); space > 0) {
      at_ += space;
    } else if (!Close() && !Literal()) {
      Symbol();
    }
  }

  void CloseWith(TokenType type, std::size_t length) {
    Push(type, length);
    state_ = State::kText;
  }

  void Open() {
    const std::string_view text = rest();
    if (text.starts_with("{{{{")) return Push(TokenType::kOpenRawBlock, 4);
    const std::size_t strip = text.size() > 2 && text[2] == '~' ? 3 : 2;
    const std::string_view after = text.substr(strip);
    if (after.starts_with(">")) return Push(TokenType::kOpenPartial, strip + 1);
    if (after.starts_with("#>")) return Push(TokenType::kOpenPartialBlock, strip + 2);
    if (after.starts_with("#*")) return Push(TokenType::kOpenBlock, strip + 2);
    if (after.starts_with("#")) return Push(TokenType::kOpenBlock, strip + 1);
    if (after.starts_with("/")) return Push(TokenType::kOpenEndBlock, strip + 1);
    if (after.starts_with("^")) return Inverse(strip + 1, TokenType::kOpenInverse);
    const std::size_t space = LeadingSpace(after);
    if (after.substr(space).starts_with("else") && !IsWordAt(strip + space + 4)) {
      return Inverse(strip + space + 4, TokenType::kOpenInverseChain);
    }
    if (after.starts_with("{")) return Push(TokenType::kOpenUnescaped, strip + 1);
    if (after.starts_with("&")) return Push(TokenType::kOpen, strip + 1);
    if (after.starts_with("!")) return Comment(after);
    Push(TokenType::kOpen, strip + (after.starts_with("*") ? 1 : 0));
  }

  bool IsWordAt(std::size_t offset) const {
    const std::string_view text = rest();
    if (offset >= text.size()) return false;
    const char c = text[offset];
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  // `{{^}}` and `{{else}}` are whole tokens; with anything behind, they open a block.
  void Inverse(std::size_t length, TokenType open) {
    std::size_t end = length + LeadingSpace(rest().substr(length));
    if (rest().substr(end).starts_with("~")) ++end;
    if (rest().substr(end).starts_with("}}")) return CloseWith(TokenType::kInverse, end + 2);
    Push(open, length);
  }

  void Comment(std::string_view after) {
    const bool dashed = after.starts_with("!--");
    for (std::size_t end = source_.find("}}", at_); end != source_.npos;
         end = source_.find("}}", end + 1)) {
      std::string_view before = source_.substr(at_, end - at_);
      if (before.ends_with('~')) before.remove_suffix(1);
      if (dashed && (before.size() < 5 || !before.ends_with("--"))) continue;
      return CloseWith(TokenType::kComment, end + 2 - at_);
    }
    problem_ = "a comment is not closed";
  }

  bool Close() {
    const std::string_view text = rest();
    if (text.starts_with("}}}}")) {
      Push(TokenType::kCloseRawBlock, 4);
      state_ = State::kRaw;
      raw_depth_ = 1;
    } else if (text.starts_with("}}}") || text.starts_with("}~}}")) {
      CloseWith(TokenType::kCloseUnescaped, text[1] == '~' ? 4 : 3);
    } else if (text.starts_with("}}") || text.starts_with("~}}")) {
      CloseWith(TokenType::kClose, text[0] == '~' ? 3 : 2);
    } else {
      return false;
    }
    return true;
  }

  bool LiteralEndsAt(std::size_t offset) const {
    const std::string_view text = rest().substr(offset);
    return !text.empty() &&
           (text[0] == '~' || text[0] == '}' || text[0] == ')' || SpaceAt(text) > 0);
  }

  bool Word(std::string_view word, TokenType type) {
    if (!rest().starts_with(word) || !LiteralEndsAt(word.size())) return false;
    Push(type, word.size());
    return true;
  }

  bool Literal() {
    const std::string_view text = rest();
    if (text[0] == '"' || text[0] == '\'') return Quoted(text[0], text[0], TokenType::kString);
    if (text[0] == '[') return Quoted('[', ']', TokenType::kId);
    if (Word("true", TokenType::kBoolean) || Word("false", TokenType::kBoolean)) return true;
    if (Word("undefined", TokenType::kUndefined) || Word("null", TokenType::kNull)) return true;
    return Number();
  }

  bool Number() {
    const std::string_view text = rest();
    const auto digits = [&](std::size_t from) {
      std::size_t end = from;
      while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
      return end;
    };
    const std::size_t start = text[0] == '-' ? 1 : 0;
    std::size_t end = digits(start);
    if (end == start) return false;
    if (end < text.size() && text[end] == '.' && digits(end + 1) > end + 1) end = digits(end + 1);
    if (!LiteralEndsAt(end)) return false;
    Push(TokenType::kNumber, end);
    return true;
  }

  // A quoted text ends at the first quote without a backslash, or at the last one with.
  bool Quoted(char open, char close, TokenType type) {
    const std::string_view text = rest();
    std::size_t end = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] != close) continue;
      end = i;
      if (text[i - 1] != '\\' || i == 1) break;
    }
    if (end == 0) return false;
    std::string plain;
    const std::string_view inside = text.substr(1, end - 1);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      const bool escapes = inside[i] == '\\' && i + 1 < inside.size() &&
                           (inside[i + 1] == close || (open == '[' && inside[i + 1] == '\\'));
      plain += inside[escapes ? ++i : i];
    }
    if (type == TokenType::kId) plain = '[' + plain + ']';
    PushText(type, end + 1, CopyText(arena_, plain));
    return true;
  }

  void Symbol() {
    const std::string_view text = rest();
    const auto stops = [&](std::size_t at) {
      return at < text.size() && (std::string_view("=~}/.)|").find(text[at]) != text.npos ||
                                  SpaceAt(text.substr(at)) > 0);
    };
    if (text[0] == '(') return Push(TokenType::kOpenSexpr, 1);
    if (text[0] == ')') return Push(TokenType::kCloseSexpr, 1);
    if (text[0] == '=') return Push(TokenType::kEquals, 1);
    if (text.starts_with("..")) return Push(TokenType::kId, 2);
    if (text[0] == '.' && stops(1)) return Push(TokenType::kId, 1);
    if (text[0] == '.' || text[0] == '/') return Push(TokenType::kSeparator, 1);
    if (text[0] == '@') return Push(TokenType::kData, 1);
    if (text.starts_with("as")) {
      const std::size_t space = LeadingSpace(text.substr(2));
      if (space > 0 && text.substr(2 + space).starts_with("|")) {
        return Push(TokenType::kOpenBlockParams, 3 + space);
      }
    }
    if (text[0] == '|') return Push(TokenType::kCloseBlockParams, 1);
    const std::size_t id = IdLength(text);
    if (id > 0 && stops(id)) return Push(TokenType::kId, id);
    // The parser stops here: what follows is not worth the time.
    invalid_ = true;
    Push(TokenType::kInvalid, 1);
  }

  const std::string_view source_;
  Arena& arena_;
  std::vector<Token> tokens_;
  std::string problem_;
  State state_ = State::kText;
  bool invalid_ = false;
  std::size_t at_ = 0;
  std::size_t raw_depth_ = 0;
  std::size_t counted_ = 0;
  Position position_;
};

}  // namespace

std::size_t LeadingSpace(std::string_view text) {
  std::size_t length = 0;
  while (const std::size_t space = SpaceAt(text.substr(length))) length += space;
  return length;
}

std::size_t TrailingSpace(std::string_view text) {
  std::size_t start = text.size();
  while (start > 0) {
    std::size_t before = start - 1;
    while (before > 0 && (static_cast<unsigned char>(text[before]) & 0xC0U) == 0x80U) --before;
    if (SpaceAt(text.substr(before, start - before)) != start - before) break;
    start = before;
  }
  return text.size() - start;
}

TemplateResult<std::vector<Token>> Tokenize(std::string_view source, Arena& arena) {
  return Lexer(source, arena).Run();
}

}  // namespace notify::template_engine
