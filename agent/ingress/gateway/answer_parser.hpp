#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace notify::agent::ingress {

/// The final head of an upstream's answer.
struct UpstreamHead {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< All, in order, as sent.
  std::optional<std::uint64_t> content_length;
};

/// Parses one HTTP/1.1 answer from pieces, without trusting it: nothing is reserved for a length
/// that it only promises. A head is at most 64 KiB.
///
/// Threads:  one.
class AnswerParser {
 public:
  /// `bodyless`: an answer to HEAD.
  explicit AnswerParser(bool bodyless);
  ~AnswerParser();
  AnswerParser(const AnswerParser&) = delete;
  AnswerParser& operator=(const AnswerParser&) = delete;

  /// Takes what it can use from the front of `input` until the head is whole. What is wrong with
  /// it; empty: nothing.
  std::string PutHead(std::string& input);
  /// Takes from `input` and appends the body, at most 64 KiB. What is wrong with it; empty:
  /// nothing. The head is whole.
  std::string PutBody(std::string& input, std::string& body);
  /// The upstream sends no more. False where that cuts the answer off.
  bool PutEnd();

  bool head_done() const;
  bool done() const;
  /// Whether the connection may serve another request.
  bool keep_alive() const;
  int status() const;
  UpstreamHead TakeHead() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace notify::agent::ingress
