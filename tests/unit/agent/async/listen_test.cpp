#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::async {
namespace {

using namespace std::chrono_literals;
using Share = IoThread::Share;

/// A socket of the system that is not the agent's: another process, as far as it can tell.
class Stranger {
 public:
  /// Listens at a port of its own, with room for `backlog` connections.
  explicit Stranger(int backlog) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address = Address(0);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(socket_, backlog);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Stranger() {
    for (const int client : clients_) ::close(client);
    ::close(socket_);
  }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  Endpoint at() const { return {Endpoint::Kind::kTcp, "127.0.0.1", port_}; }
  /// Fills the backlog, so that the system answers nobody any more.
  void Fill() {
    for (int i = 0; i < 4; ++i) {
      clients_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      sockaddr_in address = Address(port_);
      ::connect(clients_.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
  }

 private:
  static sockaddr_in Address(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  const int socket_;
  std::uint16_t port_ = 0;
  std::vector<int> clients_;
};

Task<Errc> ConnectCode(IoThread& io, Endpoint to, Clock::Duration limit) {
  const auto connected = co_await io.Connect(std::move(to), limit);
  co_return connected ? Errc::kConflict : connected.error().code;
}

/// kInternal where listening succeeds.
Errc ListenCode(IoThread& io, const Endpoint& at, Share share = Share::kFirst) {
  const auto listening = io.Listen(at, share);
  return listening ? Errc::kInternal : listening.error().code;
}

TEST(Listening, WhereAnotherProcessListensIsAConflict) {
  RealWorld world;
  const Stranger stranger(1);
  EXPECT_EQ(ListenCode(world.runtime().io(0), stranger.at()), Errc::kConflict);
  EXPECT_EQ(ListenCode(world.runtime().io(0), stranger.at(), Share::kJoin), Errc::kConflict);
}

template <typename World>
class ListeningTest : public testing::Test {
 protected:
  IoThread& io(std::size_t index) { return world_.runtime().io(index); }
  World world_;
};
using Worlds = testing::Types<SimWorld, RealWorld>;
TYPED_TEST_SUITE(ListeningTest, Worlds);

TYPED_TEST(ListeningTest, ThreadsOfOneAgentShareAnAddress) {
  const auto first = this->io(0).Listen({Endpoint::Kind::kTcp, "127.0.0.1", 0}, Share::kFirst);
  const Endpoint at = (*first)->local();
  EXPECT_NE(at.port, 0);
  EXPECT_TRUE(this->io(1).Listen(at, Share::kJoin));
  EXPECT_EQ(ListenCode(this->io(1), at, Share::kFirst), Errc::kConflict);
}

TYPED_TEST(ListeningTest, AnAddressIsFreeAgainAfterClose) {
  auto first = this->io(0).Listen({Endpoint::Kind::kTcp, "127.0.0.1", 0}, Share::kFirst);
  const Endpoint at = (*first)->local();
  (*first)->Close();
  EXPECT_TRUE(this->io(0).Listen(at, Share::kFirst));
}

TEST(Listening, RefusesWhatIsNoAddressOfThisMachine) {
  RealWorld world;
  IoThread& io = world.runtime().io(0);
  EXPECT_EQ(ListenCode(io, {Endpoint::Kind::kTcp, "no address", 0}), Errc::kInvalidArgument);
  EXPECT_EQ(ListenCode(io, {Endpoint::Kind::kTcp, "192.0.2.1", 0}), Errc::kUnavailable);
  EXPECT_EQ(ListenCode(io, {Endpoint::Kind::kUnix, std::string(200, 'x'), 0}),
            Errc::kInvalidArgument);
}

TEST(Listening, AUnixSocketIsItsOwnersAndGoesWithTheListener) {
  RealWorld world;
  const Endpoint at{Endpoint::Kind::kUnix, world.folder() + "/s", 0};
  struct stat info {};
  {
    const auto listening = world.runtime().io(0).Listen(at, Share::kFirst);
    ASSERT_EQ(::stat(at.host.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
  }
  EXPECT_NE(::stat(at.host.c_str(), &info), 0);
}

TEST(Connecting, TimesOutWhereNobodyAnswers) {
  RealWorld world;
  Stranger stranger(0);
  stranger.Fill();
  EXPECT_EQ(world.Run(ConnectCode(world.runtime().io(0), stranger.at(), 50ms)),
            Errc::kUpstreamTimeout);
}

TEST(Connecting, TimesOutInSimulatedTime) {
  testing_support::sim::SimDisk disk;
  testing_support::sim::SimRuntime runtime({}, disk);
  const Endpoint to{Endpoint::Kind::kTcp, "10.0.0.1", 443};
  runtime.network().SetUnreachable(to, true);
  const auto before = runtime.clock().Now();
  EXPECT_EQ(runtime.Run(ConnectCode(runtime.io(0), to, 30s)), Errc::kUpstreamTimeout);
  EXPECT_EQ(runtime.clock().Now() - before, 30s);
}

TEST(Connecting, FailsWithAnErrorWhereTheAddressCannotBe) {
  RealWorld world;
  const Endpoint long_path{Endpoint::Kind::kUnix, "/" + std::string(200, 'x'), 0};
  EXPECT_EQ(world.Run(ConnectCode(world.runtime().io(0), long_path, 1s)),
            Errc::kUpstreamUnreachable);
}

}  // namespace
}  // namespace notify::agent::async
