#pragma once

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"

namespace notify::testing_support {

namespace async = agent::async;

/// What an upstream does once it has read a request.
struct Step {
  std::string send;
  Clock::Duration pause{};
  bool close = false;  ///< The connection.
};
using Script = std::vector<Step>;

/// `HTTP/1.1 200 OK` with a JSON body.
inline std::string OkJson(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A service that plays one script a request, in the order of requests; where none is left, it
/// closes the connection without a word.
class ScriptedUpstream {
 public:
  explicit ScriptedUpstream(async::IoThread& io) : io_(io), group_(io.executor()) {
    listener_ =
        io.Listen({async::Endpoint::Kind::kTcp, "127.0.0.1", 9000}, async::IoThread::Share::kFirst)
            .value();
    group_.Spawn(AcceptAll());
  }

  async::Endpoint endpoint() const { return {async::Endpoint::Kind::kTcp, "127.0.0.1", 9000}; }
  async::Task<void> Stop() {
    listener_->Close();
    for (auto& stream : streams_) stream->Close();
    co_await group_.Stop();
  }
  /// Ends the connections that wait for a request, as a restart does.
  void CloseAll() {
    for (auto& stream : streams_) stream->Close();
  }

  std::deque<Script> scripts;
  std::vector<std::string> requests;  ///< Heads and bodies as they came.
  int connections = 0;

 private:
  async::Task<void> AcceptAll() {
    while (true) {
      auto accepted = co_await listener_->Accept();
      if (!accepted) co_return;
      ++connections;
      streams_.push_back(std::move(*accepted));
      group_.Spawn(Serve(*streams_.back()));
    }
  }

  async::Task<void> Serve(async::Stream& stream) {
    while (true) {
      std::string request;
      while (!Whole(request)) {
        char buffer[4096];
        const auto got = co_await async::ReadSome(stream, buffer);
        if (!got || *got == 0) co_return;
        request.append(buffer, *got);
      }
      requests.push_back(std::move(request));
      if (scripts.empty()) {
        stream.Close();
        co_return;
      }
      const Script script = std::move(scripts.front());
      scripts.pop_front();
      for (const Step& step : script) {
        if (step.pause.count() > 0) co_await io_.timers().Sleep(step.pause);
        const auto sent = co_await async::WriteAll(stream, step.send);
        if (!sent) co_return;
        if (step.close) {
          stream.Close();
          co_return;
        }
      }
    }
  }

  static bool Whole(const std::string& request) {
    const auto end = request.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const auto at = request.find("Content-Length: ");
    const std::size_t length = at < end ? std::stoul(request.substr(at + 16)) : 0;
    return request.size() >= end + 4 + length;
  }

  async::IoThread& io_;
  async::TaskGroup group_;
  std::unique_ptr<async::Listener> listener_;
  std::list<std::unique_ptr<async::Stream>> streams_;
};

}  // namespace notify::testing_support
