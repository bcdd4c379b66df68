#pragma once

#include <string>
#include <thread>
#include <vector>

namespace notify::cli::testing_support {

/// A server on a Unix socket that answers each request with the next of its texts, verbatim. An
/// empty text closes the connection without an answer.
class TestServer {
 public:
  explicit TestServer(std::vector<std::string> answers);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string endpoint() const { return "unix:" + path_; }
  /// The requests received, heads and bodies. Waits until all answers were given.
  const std::vector<std::string>& Requests();

  /// A whole answer with a JSON body.
  static std::string Json(int status, const std::string& body);

 private:
  void Serve();

  std::vector<std::string> answers_;
  std::string folder_;
  std::string path_;
  int listener_ = -1;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace notify::cli::testing_support
