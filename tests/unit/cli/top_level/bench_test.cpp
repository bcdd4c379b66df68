#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "cli/top_level/bench_body.hpp"
#include "cli/top_level/bench_connection.hpp"
#include "cli/top_level/bench_report.hpp"
#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::top_level {
namespace {

using namespace std::chrono_literals;

class Bench : public testing_support::CommandLineTest {};

TEST_F(Bench, QuantilesAreNearestRanks) {
  std::vector<std::chrono::nanoseconds> times;
  for (int i = 1; i <= 1000; ++i) times.push_back(i * 1ms);
  EXPECT_EQ(Quantile(times, 0.5), 500ms);
  EXPECT_EQ(Quantile(times, 0.99), 990ms);
  EXPECT_EQ(Quantile(times, 0.999), 999ms);
  EXPECT_EQ(Quantile({}, 0.5), 0ns);
  EXPECT_EQ(Quantile({7ns}, 0.999), 7ns);
}

TEST_F(Bench, TheReportHasTheFieldsOfTheContract) {
  const auto value = ReportValue({.operation = "x", .count = 100, .took = 2s, .latencies = {1ms}});
  for (const auto* field : {"operation", "config", "count", "seconds", "perSecond", "p50Ms",
                            "p99Ms", "p999Ms", "errors", "cpuSeconds", "rssBytes"}) {
    EXPECT_NE(value.Find(field), nullptr) << field;
  }
  EXPECT_EQ(value.Text("perSecond"), "50");
}

TEST_F(Bench, ABodyHasOneEventALineAndIdsThatChange) {
  const BenchBody body(2, 20, true, "r1");
  auto text = "HEAD" + body.text();
  body.Number(text, 4, 41);
  EXPECT_EQ(text,
            "HEAD"
            "{\"type\":\"bench.event\",\"id\":\"bench-r1-000000000041\",\"data\":{\"p\":"
            "\"68a6c881d3b8\"}}\n"
            "{\"type\":\"bench.event\",\"id\":\"bench-r1-000000000042\",\"data\":{\"p\":"
            "\"c53b6993df89\"}}\n");
}

TEST_F(Bench, AJsonBodyIsOneArray) {
  const BenchBody body(3, 0, false, "");
  EXPECT_EQ(Value::Parse(body.text()).value().items().size(), 3U);
}

TEST_F(Bench, RefusesFewerThanSixteenConnections) {
  EXPECT_EQ(Run("bench ingest --connections 15"), 2);
  EXPECT_EQ(Run("bench latency --connections 1"), 2);
  EXPECT_EQ(Run("bench ingest --batch 0"), 2);
}

TEST_F(Bench, AFanOutRefusesNumbersThatMeanNothingUnderBothItsNames) {
  EXPECT_EQ(Run("bench fanout --connections 15"), 2);
  EXPECT_EQ(Run("hub bench --connections 15"), 2);
  EXPECT_EQ(Run("hub bench --burst 0"), 2);
  EXPECT_EQ(Run("hub bench --publish 0"), 2);
  EXPECT_NE(err().find("--count"), std::string::npos);
}

TEST_F(Bench, AFanOutOfMoreConnectionsThanTheSystemAllowsSaysWhatToRaise) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max = 256;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(Run("hub bench --connections 300"), 2);
  EXPECT_NE(err().find("ulimit -n"), std::string::npos) << err();
}

TEST_F(Bench, RenderRunsWithoutAnAgent) {
  EXPECT_EQ(Run("bench render --count 100 -o json"), 0);
  EXPECT_EQ(OutJson().Integer("count"), 100);
  EXPECT_EQ(OutJson().Integer("errors"), 0);
}

TEST_F(Bench, AConnectionCutsAnswersWhereTheirLengthSays) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
  BenchConnection connection(pair[0]);
  const std::string_view first = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";
  ASSERT_EQ(::write(pair[1], first.data(), first.size() - 1),
            static_cast<ssize_t>(first.size() - 1));
  EXPECT_FALSE(connection.Read().value().has_value());
  ASSERT_EQ(::write(pair[1], "b", 1), 1);
  const auto answer = connection.Read().value();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "ab");
  ::close(pair[1]);
  EXPECT_EQ(connection.Read().error().code, Errc::kAgentUnreachable);
}

}  // namespace
}  // namespace notify::cli::top_level
