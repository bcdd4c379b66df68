#include "agent/ingress/http/message.hpp"

#include <gtest/gtest.h>

namespace notify::agent::ingress {
namespace {

RequestHead HeadWithQuery(std::string_view query) {
  RequestHead head;
  head.query = query;
  return head;
}

TEST(RequestHead, QueryParametersAreDecodedAndFoundWithoutCase) {
  const RequestHead head = HeadWithQuery("a=1&Type=fx%2Equote&b=x+y&empty=&flag");
  EXPECT_EQ(head.Query("type"), "fx.quote");
  EXPECT_EQ(head.Query("b"), "x y");
  EXPECT_EQ(head.Query("empty"), "");
  EXPECT_EQ(head.Query("flag"), "");
  EXPECT_FALSE(head.Query("none").has_value());
}

TEST(RequestHead, AParameterMayRepeat) {
  EXPECT_EQ(HeadWithQuery("t=1&u=2&t=3").QueryAll("t"), (std::vector<std::string>{"1", "3"}));
}

TEST(RequestHead, HeadersAreFoundWithoutCaseAndCounted) {
  RequestHead head;
  head.headers = {{"X-Tenant", "blue"}, {"x-tenant", "green"}};
  EXPECT_EQ(head.Header("X-TENANT"), "blue");
  EXPECT_EQ(head.CountHeader("X-Tenant"), 2U);
}

TEST(ResponseHead, CarriesLengthAndHeaders) {
  std::string out;
  AppendResponseHead(out, 429, "application/json", {{"Retry-After", "1"}}, 7, true);
  EXPECT_EQ(out,
            "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
            "Content-Length: 7\r\nRetry-After: 1\r\n\r\n");
}

}  // namespace
}  // namespace notify::agent::ingress
