#include "tests/support/sim/sim_network.hpp"

#include <gtest/gtest.h>

#include "agent/async/task_group.hpp"
#include "tests/support/sim/sim_runtime.hpp"

namespace notify::testing_support::sim {
namespace {

using namespace std::chrono_literals;
using async::Endpoint;
using async::Stream;
using async::Task;

class Network : public testing::Test {
 protected:
  Network() { Connect(); }

  void Connect() {
    auto listening =
        io().Listen({Endpoint::Kind::kTcp, "0.0.0.0", 80}, async::IoThread::Share::kFirst);
    listener_ = std::move(listening.value());
    client_ = runtime_.Run(io().Connect({Endpoint::Kind::kTcp, "127.0.0.1", 80}, 1s)).value();
    server_ = runtime_.Run(listener_->Accept()).value();
  }
  Task<void> Read(Stream& stream, std::string& outcome) {
    char byte = 0;
    const auto got = co_await async::ReadSome(stream, std::span(&byte, 1));
    outcome = got ? std::to_string(*got) : "error";
  }
  Task<void> Write(Stream& stream, std::size_t size, std::string& outcome) {
    const std::string bytes(size, 'x');
    const Status sent = co_await async::WriteAll(stream, bytes);
    outcome = sent ? "sent" : "error";
  }
  async::IoThread& io() { return runtime_.io(0); }

  SimDisk disk_;
  SimRuntime runtime_{{}, disk_};
  async::TaskGroup group_{runtime_.io(0).executor()};
  std::unique_ptr<async::Listener> listener_;
  std::unique_ptr<Stream> client_;
  std::unique_ptr<Stream> server_;
  std::string client_saw_ = "nothing";
  std::string server_saw_ = "nothing";
};

TEST_F(Network, ACutIsAnErrorAtBothEnds) {
  group_.Spawn(Read(*client_, client_saw_));
  group_.Spawn(Read(*server_, server_saw_));
  runtime_.RunFor(1s);
  EXPECT_EQ(client_saw_ + server_saw_, "nothingnothing");
  runtime_.network().Cut(*client_);
  runtime_.RunFor(1s);
  EXPECT_EQ(client_saw_ + server_saw_, "errorerror");
}

TEST_F(Network, AHalfOpenConnectionIsSilent) {
  runtime_.network().HalfOpen(*client_);
  group_.Spawn(Read(*server_, server_saw_));
  group_.Spawn(Write(*client_, 10, client_saw_));
  runtime_.RunFor(1h);
  EXPECT_EQ(client_saw_ + server_saw_, "sentnothing");
  server_->Close();
  runtime_.RunFor(1s);
  EXPECT_EQ(server_saw_, "error");
}

TEST_F(Network, AHalfOpenConnectionFillsUp) {
  runtime_.network().HalfOpen(*client_);
  group_.Spawn(Write(*client_, 1 << 20, client_saw_));
  runtime_.RunFor(1h);
  EXPECT_EQ(client_saw_, "nothing");
  client_->Close();
  runtime_.RunFor(1s);
  EXPECT_EQ(client_saw_, "error");
}

TEST_F(Network, ClosingWithBytesUnreadResetsTheOtherEnd) {
  group_.Spawn(Write(*client_, 10, client_saw_));
  runtime_.RunFor(1s);
  server_->Close();
  group_.Spawn(Read(*client_, client_saw_));
  runtime_.RunFor(1s);
  EXPECT_EQ(client_saw_, "error");
}

TEST_F(Network, CountsOpenConnectionsAndCutsThemAll) {
  EXPECT_EQ(runtime_.network().connections(), 1U);
  group_.Spawn(Read(*client_, client_saw_));
  runtime_.network().CutAll();
  runtime_.RunFor(1s);
  EXPECT_EQ(client_saw_, "error");
  client_->Close();
  EXPECT_EQ(runtime_.network().connections(), 0U);
}

TEST_F(Network, AClientMaySeemToComeFromElsewhere) {
  listener_.reset();
  runtime_.network().SetClientAddress("203.0.113.9");
  Connect();
  EXPECT_EQ(server_->peer().address, "203.0.113.9");
  EXPECT_FALSE(server_->peer().loopback);
}

TEST_F(Network, ReadsAndWritesAreShortNowAndThen) {
  std::set<std::size_t> sizes;
  std::string buffer(100, '.');
  for (int i = 0; i < 50; ++i) {
    runtime_.Run(Write(*client_, 100, client_saw_));
    runtime_.RunFor(1s);
    const auto got = server_->TryRead(buffer);
    sizes.insert(got.value().value_or(0));
  }
  EXPECT_TRUE(sizes.contains(100));
  EXPECT_GT(sizes.size(), 5U);
}

}  // namespace
}  // namespace notify::testing_support::sim
