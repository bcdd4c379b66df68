#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"

namespace notify::cli::client {

/// Reads one HTTP/1.1 answer from bytes as they come. Beast does the parsing.
///
/// Threads: one at a time.
class AnswerReader {
 public:
  AnswerReader();
  ~AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  /// Takes bytes; what belongs to no answer yet is kept. kAgentUnreachable where they are not HTTP.
  Status Feed(std::string_view bytes);
  /// The connection ended, which completes a body without a length. kAgentUnreachable where it cuts
  /// one off.
  Status FeedEnd();

  bool headers_done() const;
  bool done() const;
  bool keep_alive() const;
  int status() const;
  std::string Header(std::string_view name) const;
  /// The body so far, removed from here.
  std::string TakeBody();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  std::string rest_;
};

/// The bytes of one request.
std::string RequestBytes(std::string_view method, std::string_view target,
                         const std::vector<std::pair<std::string, std::string>>& headers,
                         std::string_view body);

}  // namespace notify::cli::client
