#include "cli/top_level/fanout_member.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "cli/top_level/fanout_script.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace notify::cli::top_level {
namespace {

// The test is the agent's end of a pair of sockets: what it sends is there before it is read.
class FanoutMemberTest : public ::testing::Test {
 protected:
  FanoutMemberTest() {
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data());
    member_ = std::make_unique<FanoutMember>(ends_[0], script_);
    ledger_.set_members(1);
  }
  ~FanoutMemberTest() override { ::close(ends_[1]); }

  static FanoutScript MakeScript() {
    ::notify::testing_support::SeededRandom random;
    const client::Access access{.endpoint = client::Endpoint::Parse("http://a.test/n").value(),
                                .token = "key",
                                .tenant = "bench"};
    return MakeFanoutScript(access, "bench.fanout", true, random).value();
  }

  void Say(std::string_view bytes) {
    ASSERT_EQ(::send(ends_[1], bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }
  void SayFrame(std::string_view text) {
    std::string frame;
    websocket::AppendFrame(frame, websocket::Opcode::kText, text);
    Say(frame);
  }
  Status Receive() { return member_->Receive(buffer_, ledger_, clock_); }
  std::string Heard() {
    std::array<char, 8192> bytes{};
    const auto n = ::recv(ends_[1], bytes.data(), bytes.size(), 0);
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
  }
  void Upgrade() {
    ASSERT_TRUE(member_->Begin());
    Say("HTTP/1.1 200 OK\r\nContent-Length: 92\r\n\r\n"
        R"({"negotiateVersion":1,"connectionId":"p","connectionToken":"s-1","availableTransports":[]})"
        "  ");
    ASSERT_TRUE(Receive());
    negotiated_ = Heard();
    Say("HTTP/1.1 101 X\r\nsec-websocket-accept: " + script_.accept + "\r\n\r\n");
    ASSERT_TRUE(Receive());
  }
  void Join() {
    Upgrade();
    SayFrame("{}\x1e{\"type\":1,\"target\":\"connected\",\"arguments\":[{}]}\x1e");
    SayFrame("{\"type\":3,\"invocationId\":\"1\",\"result\":{}}\x1e");
    ASSERT_TRUE(Receive());
    ASSERT_TRUE(member_->joined());
  }
  std::string Publish() {
    return R"({"type":1,"target":"x","arguments":[{"sequence":)" + std::to_string(++sequence_) +
           R"(,"data":)" + std::string(ledger_.Send(clock_.Now())) + "}]}\x1e";
  }

  const FanoutScript script_ = MakeScript();
  std::array<int, 2> ends_{};
  std::unique_ptr<FanoutMember> member_;
  FanoutLedger ledger_{"7", 100};
  ::notify::testing_support::FakeClock clock_;
  std::vector<char> buffer_ = std::vector<char>(4096);
  std::string negotiated_;
  std::uint64_t sequence_ = 0;
};

TEST_F(FanoutMemberTest, NegotiatesUpgradesAndSubscribesOnOneConnection) {
  Upgrade();
  EXPECT_TRUE(negotiated_.starts_with("POST /n/hubs/notifications/negotiate?negotiateVersion=1 "))
      << negotiated_;
  EXPECT_NE(negotiated_.find("Authorization: Bearer key\r\nX-Tenant: bench\r\n"),
            std::string::npos);
  EXPECT_NE(negotiated_.find("GET /n/hubs/notifications?id=s-1 HTTP/1.1\r\n"), std::string::npos);
  EXPECT_EQ(Heard(), script_.hello);
  EXPECT_FALSE(member_->joined());
}

TEST_F(FanoutMemberTest, HasJoinedWhenItsSubscriptionIsAnswered) { Join(); }

TEST_F(FanoutMemberTest, ARefusedNegotiationIsTheAgentsError) {
  ASSERT_TRUE(member_->Begin());
  Say("HTTP/1.1 403 X\r\nContent-Length: 44\r\n\r\n{\"code\":\"forbidden\",\"detail\":\"Not for "
      "you.\"}  ");
  EXPECT_EQ(Receive().error().code, Errc::kForbidden);
}

TEST_F(FanoutMemberTest, ARefusedSubscriptionSaysWhy) {
  Upgrade();
  SayFrame("{}\x1e{\"type\":3,\"invocationId\":\"1\",\"error\":\"forbidden: No.\"}\x1e");
  EXPECT_NE(Receive().error().detail.find("forbidden: No."), std::string::npos);
}

TEST_F(FanoutMemberTest, ChecksEventsHoweverTheyAreFramed) {
  Join();
  auto two = Publish();
  two += Publish();
  const auto cut = two.find("\"at\":") + 8;
  SayFrame(two.substr(0, cut));
  SayFrame(two.substr(cut) + "{\"type\":6}\x1e");
  ASSERT_TRUE(Receive());
  EXPECT_EQ(ledger_.delivered(), 2);
  EXPECT_EQ(member_->expected(), 2);
  EXPECT_EQ(ledger_.faults().lost + ledger_.faults().altered, 0);
}

TEST_F(FanoutMemberTest, AFrameThatComesInPiecesIsOne) {
  Join();
  std::string frame;
  websocket::AppendFrame(frame, websocket::Opcode::kText, Publish());
  Say(frame.substr(0, 50));
  ASSERT_TRUE(Receive());
  Say(frame.substr(50));
  ASSERT_TRUE(Receive());
  EXPECT_EQ(ledger_.delivered(), 1);
}

TEST_F(FanoutMemberTest, AMissingEventIsLost) {
  Join();
  Publish();
  SayFrame(Publish());
  ASSERT_TRUE(Receive());
  EXPECT_EQ(ledger_.faults().lost, 1);
}

TEST_F(FanoutMemberTest, AHubThatClosesEndsItWithTheReason) {
  Join();
  SayFrame("{\"type\":7,\"error\":\"draining\",\"allowReconnect\":true}\x1e");
  EXPECT_NE(Receive().error().detail.find("draining"), std::string::npos);
}

TEST_F(FanoutMemberTest, AConnectionThatBreaksEndsIt) {
  Join();
  ::shutdown(ends_[1], SHUT_WR);
  EXPECT_EQ(Receive().error().code, Errc::kAgentUnreachable);
}

TEST_F(FanoutMemberTest, PingsOnceItHasJoined) {
  member_->Ping();
  EXPECT_EQ(Heard(), "");
  Join();
  Heard();
  member_->Ping();
  EXPECT_EQ(Heard(), script_.ping);
}

}  // namespace
}  // namespace notify::cli::top_level
