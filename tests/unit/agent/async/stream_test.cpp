#include "agent/async/stream.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "agent/async/task_group.hpp"
#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::async {
namespace {

using namespace std::chrono_literals;

struct Tcp {
  static Endpoint At(const std::string&) { return {Endpoint::Kind::kTcp, "127.0.0.1", 0}; }
};
struct Unix {
  static Endpoint At(const std::string& folder) {
    return {Endpoint::Kind::kUnix, folder + "/s", 0};
  }
};

/// A machine and a kind of address.
template <typename W, typename A>
struct Case {
  using World = W;
  using Address = A;
};

/// Two ends of a connection, as coroutines on the first I/O thread see them.
struct Ends {
  std::unique_ptr<Stream> client;
  std::unique_ptr<Stream> server;
};

Task<Ends> Pair(IoThread& io, Listener& listener) {
  Ends ends;
  auto client = co_await io.Connect(listener.local(), 5s);
  auto server = co_await listener.Accept();
  ends.client = std::move(*client);
  ends.server = std::move(*server);
  co_return ends;
}

/// Reads until the end of the stream, or the error.
Task<std::string> ReadToEnd(Stream& stream) {
  std::string all;
  char buffer[1000];
  while (true) {
    const auto got = co_await ReadSome(stream, buffer);
    if (!got) co_return "error after " + std::to_string(all.size());
    if (*got == 0) co_return all;
    all.append(buffer, *got);
  }
}

template <typename C>
class StreamTest : public testing::Test {
 protected:
  void SetUp() override {
    auto listening = io().Listen(C::Address::At(world_.folder()), IoThread::Share::kFirst);
    listener_ = std::move(listening.value());
  }
  /// Streams live on their thread: opened, used and destroyed there.
  template <typename T>
  T Run(Task<T> task) {
    return world_.Run(std::move(task));
  }
  void TearDown() override { Run(Drop(listener_)); }
  static Task<void> Drop(std::unique_ptr<Listener>& listener) {
    listener.reset();
    co_return;
  }
  IoThread& io(std::size_t index = 0) { return world_.runtime().io(index); }
  Task<Ends> Connected() { return Pair(io(), *listener_); }

  typename C::World world_;
  std::unique_ptr<Listener> listener_;
};

using Cases = testing::Types<Case<SimWorld, Tcp>, Case<SimWorld, Unix>, Case<RealWorld, Tcp>,
                             Case<RealWorld, Unix>>;
TYPED_TEST_SUITE(StreamTest, Cases);

Task<void> SendAndEnd(Stream& stream, std::string_view bytes) {
  const Status sent = co_await WriteAll(stream, bytes);
  EXPECT_TRUE(sent);
  stream.ShutdownWrite();
}

Task<std::string> Transfer(Task<Ends> connect, TaskGroup& group, std::string_view bytes) {
  Ends ends = co_await std::move(connect);
  group.Spawn(SendAndEnd(*ends.client, bytes));
  std::string got = co_await ReadToEnd(*ends.server);
  co_await group.Stop();
  co_return got;
}

TYPED_TEST(StreamTest, CarriesEveryByteInOrder) {
  std::string bytes(3'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 % 251);
  TaskGroup group(this->io().executor());
  EXPECT_TRUE(this->Run(Transfer(this->Connected(), group, bytes)) == bytes);
}

Task<std::string> AnswerAfterEnd(Task<Ends> connect) {
  Ends ends = co_await std::move(connect);
  ends.client->ShutdownWrite();
  std::string seen = co_await ReadToEnd(*ends.server);
  co_await SendAndEnd(*ends.server, "answer");
  seen += co_await ReadToEnd(*ends.client);
  co_return seen;
}

TYPED_TEST(StreamTest, ShutdownEndsOneDirectionOnly) {
  EXPECT_EQ(this->Run(AnswerAfterEnd(this->Connected())), "answer");
}

Task<void> CloseWhenWaiting(Stream& stream) {
  stream.Close();
  stream.Close();
  co_return;
}

Task<std::string> CloseFires(Task<Ends> connect, TaskGroup& group) {
  Ends ends = co_await std::move(connect);
  group.Spawn(CloseWhenWaiting(*ends.server));
  std::string seen = co_await ReadToEnd(*ends.server);
  seen += ends.server->closed() ? ", closed" : ", open";
  seen += ", other end: '" + co_await ReadToEnd(*ends.client) + "'";
  co_await group.Stop();
  co_return seen;
}

TYPED_TEST(StreamTest, CloseFiresWhoWaitsAndEndsTheOtherEnd) {
  TaskGroup group(this->io().executor());
  EXPECT_EQ(this->Run(CloseFires(this->Connected(), group)),
            "error after 0, closed, other end: ''");
}

Task<Errc> WriteUntilLost(Task<Ends> connect) {
  Ends ends = co_await std::move(connect);
  ends.server->Close();
  const std::string bytes(10'000, 'x');
  while (true) {
    const Status sent = co_await WriteAll(*ends.client, bytes);
    if (!sent) co_return sent.error().code;
  }
}

TYPED_TEST(StreamTest, WritingToAClosedEndFails) {
  EXPECT_EQ(this->Run(WriteUntilLost(this->Connected())), Errc::kUnavailable);
}

Task<bool> FillsUp(Task<Ends> connect) {
  Ends ends = co_await std::move(connect);
  const std::string bytes(10'000, 'x');
  const std::array parts{std::string_view(bytes), std::string_view(bytes)};
  std::size_t sent = 0;
  int refused = 0;
  while (refused < 100 && sent < (100U << 20)) {
    const auto taken = ends.client->TryWrite(parts);
    if (!taken) co_return false;
    sent += *taken;
    refused = *taken == 0 ? refused + 1 : 0;
  }
  std::string buffer(sent, '.');
  std::size_t got = 0;
  while (got < sent) {
    const auto read = co_await ReadSome(*ends.server, buffer);
    got += read.value_or(sent);
  }
  co_await ends.client->Writable();
  const auto again = ends.client->TryWrite(parts);
  co_return got == sent&& again&&* again > 0;
}

TYPED_TEST(StreamTest, IsBoundedAndWritableAgainOnceRead) {
  EXPECT_TRUE(this->Run(FillsUp(this->Connected())));
}

Task<bool> NothingYet(Task<Ends> connect) {
  Ends ends = co_await std::move(connect);
  char byte = 0;
  const auto got = ends.server->TryRead(std::span(&byte, 1));
  co_return got && !got->has_value();
}

TYPED_TEST(StreamTest, TryReadNeverWaits) { EXPECT_TRUE(this->Run(NothingYet(this->Connected()))); }

Task<std::string> ReadOn(IoThread& io, std::unique_ptr<Stream> stream) {
  auto mine = io.Adopt(std::move(stream));
  const std::string got = co_await ReadToEnd(*mine);
  co_return io.executor().IsCurrent() ? got : "on another thread";
}
Task<std::string> MoveOver(Task<Ends> connect, IoThread& other) {
  Ends ends = co_await std::move(connect);
  const Status sent = co_await WriteAll(*ends.client, "before ");
  EXPECT_TRUE(sent);
  ends.client->ShutdownWrite();
  RunOn run(other.executor(), ReadOn(other, std::move(ends.server)));
  co_return co_await run;
}

TYPED_TEST(StreamTest, AdoptMovesAStreamToAnotherThread) {
  EXPECT_EQ(this->Run(MoveOver(this->Connected(), this->io(1))), "before ");
}

Task<Peer> PeerOfClient(Task<Ends> connect) {
  Ends ends = co_await std::move(connect);
  co_return ends.server->peer();
}

TYPED_TEST(StreamTest, KnowsWhoIsAtTheOtherEnd) {
  const Peer peer = this->Run(PeerOfClient(this->Connected()));
  EXPECT_TRUE(peer.loopback);
  const bool local = this->listener_->local().kind == Endpoint::Kind::kUnix;
  EXPECT_EQ(peer.address, local ? "unix" : "127.0.0.1");
  EXPECT_EQ(peer.local_uid.has_value(), local);
}

Task<Errc> AcceptCode(Listener& listener) {
  const auto accepted = co_await listener.Accept();
  co_return accepted ? Errc::kConflict : accepted.error().code;
}
Task<void> Close(Listener& listener) {
  listener.Close();
  co_return;
}
Task<Errc> CloseWhileAccepting(TaskGroup& group, Listener& listener) {
  group.Spawn(Close(listener));
  const Errc code = co_await AcceptCode(listener);
  co_await group.Stop();
  co_return code;
}

TYPED_TEST(StreamTest, ClosingAListenerEndsItsAccept) {
  TaskGroup group(this->io().executor());
  EXPECT_EQ(this->Run(CloseWhileAccepting(group, *this->listener_)), Errc::kUnavailable);
  EXPECT_EQ(this->Run(AcceptCode(*this->listener_)), Errc::kUnavailable);
}

Task<Errc> ConnectCode(IoThread& io, Endpoint to, Clock::Duration limit) {
  const auto connected = co_await io.Connect(std::move(to), limit);
  co_return connected ? Errc::kConflict : connected.error().code;
}

TYPED_TEST(StreamTest, ConnectingWhereNobodyListensIsRefused) {
  const Endpoint there = this->listener_->local();
  this->Run(Close(*this->listener_));
  EXPECT_EQ(this->Run(ConnectCode(this->io(), there, 5s)), Errc::kUpstreamUnreachable);
}

}  // namespace
}  // namespace notify::agent::async
