#include "agent/ingress/gateway/forwarding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace notify::agent::ingress {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class ForwardingTest : public ::testing::Test {
 protected:
  ForwardingTest() {
    head_.method = "POST";
    to_.path = "/api/fx/quote";
    to_.authority = "fx:9000";
    to_.tenant = "blue";
    to_.tenant_header = "X-Org";
    to_.correlation_id = "c";
    to_.traceparent = "t";
    to_.inspected = true;
  }
  /// What the upstream is sent for a request with these headers.
  std::string With(std::vector<std::pair<std::string_view, std::string_view>> headers) {
    head_.headers = std::move(headers);
    return UpstreamRequestHead(head_, to_);
  }
  RequestHead head_;
  Forwarded to_;
};

TEST_F(ForwardingTest, WritesTheHeadAnew) {
  EXPECT_EQ(With({{"Host", "agent"}, {"A", "1"}}),
            "POST /api/fx/quote HTTP/1.1\r\nHost: fx:9000\r\nA: 1\r\nAccept-Encoding: identity\r\n"
            "X-Tenant: blue\r\nX-Correlation-Id: c\r\ntraceparent: t\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(ForwardingTest, LeavesOutWhatIsForOneHop) {
  const auto sent = With({{"Connection", "close, X-Hop"},
                          {"x-hop", "1"},
                          {"TE", "gzip"},
                          {"Transfer-Encoding", "chunked"},
                          {"Upgrade", "h2c"}});
  for (const char* name : {"close", "x-hop", "TE:", "chunked", "h2c"}) {
    EXPECT_THAT(sent, Not(HasSubstr(name)));
  }
}

TEST_F(ForwardingTest, LeavesOutWhatIsOursHoweverItIsSpelled) {
  head_.query = "a=1&ACCESS%5Ftoken=s3&b=%zz";
  const auto sent = With({{"AUTHORIZATION", "s1"},
                          {"x-tenant", "s2"},
                          {"x-org", "s4"},
                          {"Access_Token", "s5"},
                          {"accept-encoding", "br"}});
  EXPECT_THAT(sent, HasSubstr("/quote?a=1&b=%zz HTTP"));
  for (const char* value : {"s1", "s2", "s3", "s4", "s5", "br\r\n"}) {
    EXPECT_THAT(sent, Not(HasSubstr(value)));
  }
}

TEST_F(ForwardingTest, AGetWithoutABodyHasNoLength) {
  head_.method = "GET";
  EXPECT_THAT(With({}), Not(HasSubstr("Content-Length")));
}

TEST_F(ForwardingTest, PassesHeadersBackInOrderExceptThoseOfTheHop) {
  EXPECT_THAT(PassedBack({{"Set-Cookie", "a"},
                          {"Keep-Alive", "timeout=5"},
                          {"Set-Cookie", "b"},
                          {"Connection", "X-Hop"},
                          {"X-Hop", "1"},
                          {"Content-Length", "3"}}),
              ElementsAre(Pair("Set-Cookie", "a"), Pair("Set-Cookie", "b")));
}

}  // namespace
}  // namespace notify::agent::ingress
