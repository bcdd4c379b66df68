#include <gtest/gtest.h>

#include "cli/client/api_client.hpp"
#include "tests/unit/cli/client/test_server.hpp"

namespace notify::cli::client {
namespace {

using testing_support::TestServer;

std::unique_ptr<ApiClient> ClientOf(const TestServer& server, Caller caller = {}) {
  return MakeApiClient(Endpoint::Parse(server.endpoint()).value(), std::move(caller));
}

TEST(HttpClient, SendsTenantTokenQueryAndBody) {
  TestServer server({TestServer::Json(201, R"({"id":"k1"})")});
  Request request{.operation = "createKey", .body = R"({"role":"viewer"})"};
  request.With("a b", "c&d").With("none", "");
  const auto answer = ClientOf(server, {.token = Secret{"nk_1"}, .tenant = "blue"})->Call(request);
  EXPECT_EQ(answer.value().Text("id"), "k1");
  const auto& sent = server.Requests().at(0);
  EXPECT_TRUE(sent.starts_with("POST /api/keys?a%20b=c%26d HTTP/1.1\r\n")) << sent;
  EXPECT_NE(sent.find("\r\nX-Tenant: blue\r\n"), std::string::npos);
  EXPECT_NE(sent.find("\r\nAuthorization: Bearer nk_1\r\n"), std::string::npos);
  EXPECT_TRUE(sent.ends_with("\r\n\r\n{\"role\":\"viewer\"}"));
}

TEST(HttpClient, KeepsTheConnectionForTheNextCall) {
  TestServer server({TestServer::Json(200, "1"), TestServer::Json(200, "2")});
  const auto client = ClientOf(server);
  EXPECT_EQ(client->Call({.operation = "getHealth"}).value().Text(), "1");
  EXPECT_EQ(client->Call({.operation = "getHealth"}).value().Text(), "2");
  EXPECT_EQ(server.Requests().size(), 2U);
}

TEST(HttpClient, TriesAReadAgainWhereAKeptConnectionWasClosed) {
  TestServer server({TestServer::Json(200, "1"), "", TestServer::Json(200, "2")});
  const auto client = ClientOf(server);
  ASSERT_TRUE(client->Call({.operation = "getHealth"}).has_value());
  EXPECT_EQ(client->Call({.operation = "getHealth"}).value().Text(), "2");
}

TEST(HttpClient, NeverSendsAPublishTwiceByItself) {
  TestServer server({TestServer::Json(200, "1"), ""});
  const auto client = ClientOf(server);
  ASSERT_TRUE(client->Call({.operation = "getHealth"}).has_value());
  const auto answer = client->Call({.operation = "publishEvent", .body = "{}"});
  EXPECT_EQ(answer.error().code, Errc::kAgentUnreachable);
  EXPECT_EQ(server.Requests().size(), 2U);
}

TEST(HttpClient, TurnsAProblemIntoItsError) {
  TestServer server({TestServer::Json(
      404, R"({"code":"tenant_not_found","detail":"No blue.","hint":"h","correlationId":"c-9"})")});
  const auto client = ClientOf(server);
  const auto answer = client->Call({.operation = "getTenant", .path = {{"id", "blue"}}});
  EXPECT_EQ(answer.error().code, Errc::kTenantNotFound);
  EXPECT_EQ(answer.error().detail, "No blue.");
  EXPECT_EQ(client->correlation_id(), "c-9");
}

TEST(HttpClient, SaysThatNobodyListens) {
  const auto client = MakeApiClient(Endpoint::Parse("unix:/nonexistent/x.sock").value(), {});
  const auto answer = client->Call({.operation = "getHealth"});
  EXPECT_EQ(answer.error().code, Errc::kAgentUnreachable);
  EXPECT_NE(answer.error().detail.find("/nonexistent/x.sock"), std::string::npos);
}

TEST(HttpClient, SaysThatTheAnswerIsNotHttpOrNotJson) {
  TestServer server({"SSH-2.0-OpenSSH\r\n\r\n", TestServer::Json(200, "{oops")});
  EXPECT_EQ(ClientOf(server)->Call({.operation = "getHealth"}).error().code,
            Errc::kAgentUnreachable);
  EXPECT_EQ(ClientOf(server)->Call({.operation = "getHealth"}).error().code, Errc::kInternal);
}

TEST(HttpClient, ATenantCannotSmuggleAHeader) {
  const auto client = MakeApiClient(Endpoint{}, {.tenant = "blue\r\nX-Role: admin"});
  EXPECT_EQ(client->Call({.operation = "getHealth"}).error().code, Errc::kInvalidArgument);
}

TEST(HttpClient, ReadsChunkedStreamsAsTheyCome) {
  TestServer server(
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "b\r\nid: 1-1\ndat\r\n7\r\na: {}\n\n\r\n"});
  auto source = ClientOf(server)->Open({.operation = "streamEvents"});
  ASSERT_TRUE(source.has_value());
  std::vector<SseMessage> messages;
  while (messages.empty()) messages = (*source)->Read(std::chrono::seconds(5), -1).value();
  EXPECT_EQ(messages[0].id, "1-1");
  EXPECT_EQ(messages[0].data, "{}");
  EXPECT_EQ((*source)->Read(std::chrono::seconds(5), -1).error().code, Errc::kAgentUnreachable);
}

TEST(HttpClient, ARefusedStreamIsAnError) {
  TestServer server({TestServer::Json(403, R"({"code":"forbidden","detail":"no"})")});
  auto source = ClientOf(server)->Open({.operation = "streamEvents"});
  EXPECT_EQ(source.error().code, Errc::kForbidden);
}

}  // namespace
}  // namespace notify::cli::client
