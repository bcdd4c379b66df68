#include "tests/unit/cli/client/test_server.hpp"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace notify::cli::testing_support {
namespace {

// One request: its head, and as much body as Content-Length says.
std::string ReadRequest(int connection) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto head = text.find("\r\n\r\n");
    if (head != std::string::npos) {
      const auto length = text.find("Content-Length: ");
      const auto body = length == std::string::npos ? 0 : std::stoul(text.substr(length + 16));
      if (text.size() >= head + 4 + body) return text;
    }
    const auto n = ::read(connection, buffer.data(), buffer.size());
    if (n <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace

TestServer::TestServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
  std::string pattern = "/tmp/notifyctl-test-XXXXXX";
  folder_ = ::mkdtemp(pattern.data());
  path_ = folder_ + "/s";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 8) != 0) {
    ::abort();
  }
  thread_ = std::thread([this] { Serve(); });
}

TestServer::~TestServer() {
  ::shutdown(listener_, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  ::close(listener_);
  ::unlink(path_.c_str());
  ::rmdir(folder_.c_str());
}

void TestServer::Serve() {
  int connection = -1;
  for (const auto& answer : answers_) {
    std::string request;
    while (request.empty()) {
      if (connection < 0) connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      request = ReadRequest(connection);
      if (request.empty()) {
        ::close(connection);
        connection = -1;
      }
    }
    requests_.push_back(std::move(request));
    if (!answer.empty()) {
      [[maybe_unused]] const auto n = ::write(connection, answer.data(), answer.size());
    }
    if (answer.empty() || answer.find("Connection: close") != std::string::npos) {
      ::close(connection);
      connection = -1;
    }
  }
  if (connection >= 0) ::close(connection);
}

const std::vector<std::string>& TestServer::Requests() {
  if (thread_.joinable()) thread_.join();
  return requests_;
}

std::string TestServer::Json(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace notify::cli::testing_support
