#include "cli/client/hub/negotiation.hpp"

#include <algorithm>
#include <variant>

#include "common/http/problem.hpp"

namespace notify::cli::client {
namespace {

constexpr int kMostRedirects = 100;

// What the server said, and the cookies that it set.
struct Asked {
  signalr::NegotiateAnswer answer;
  std::string cookies;
};

Result<Asked> Ask(const Dial& dial, const HubUrl& url, const Caller& caller, bool stateful) {
  auto connection = dial(url.endpoint, std::min(kConnectLimit, caller.limit));
  if (!connection) return std::move(connection.error());
  auto headers = CallerHeaders(url.endpoint, caller);
  headers.emplace_back("X-Requested-With", "XMLHttpRequest");
  std::string parameters = "negotiateVersion=1";
  if (stateful) parameters += "&useStatefulReconnect=true";
  auto answer = Post(**connection, url.Target("/negotiate", parameters), headers, {}, caller.limit);
  if (!answer) return std::move(answer.error());
  if (answer->status / 100 == 3 && !answer->location.empty()) {
    return Fail(Errc::kUnavailable,
                "The hub is not at " + url.ToString() + " but at " + answer->location + ".",
                "use that URL, without its /negotiate");
  }
  if (answer->status != 200) return http::ParseProblem(answer->status, answer->body, nullptr);
  auto parsed = signalr::ParseNegotiateAnswer(answer->body);
  if (!parsed) {
    return Fail(Errc::kUnavailable,
                "The answer of " + url.ToString() +
                    "/negotiate is not that of a SignalR server: " + parsed.error().detail,
                "is this the URL of a hub?");
  }
  return Asked{std::move(*parsed), std::move(answer->cookies)};
}

}  // namespace

Result<Negotiated> Negotiate(const Dial& dial, HubUrl url, Caller caller, bool stateful) {
  for (int hop = 0; hop < kMostRedirects; ++hop) {
    auto asked = Ask(dial, url, caller, stateful);
    if (!asked) return std::move(asked.error());
    if (auto* redirect = std::get_if<signalr::NegotiateRedirect>(&asked->answer)) {
      auto next = HubUrl::Parse(redirect->url);
      if (!next) {
        return Fail(Errc::kUnavailable,
                    "The hub sends its clients to \"" + redirect->url + "\", which is no URL.");
      }
      // What travelled encrypted must not travel in clear.
      const bool weaker = url.endpoint.kind == Endpoint::Kind::kHttps &&
                          next->endpoint.kind != Endpoint::Kind::kHttps;
      if (redirect->access_token) {
        caller.token = Secret{*redirect->access_token};
      } else if (weaker) {
        caller.token = Secret{};
      }
      url = std::move(*next);
      continue;
    }
    if (const auto* error = std::get_if<signalr::NegotiateError>(&asked->answer)) {
      return Fail(Errc::kUnavailable, "The hub refuses: " + error->error);
    }
    auto& agreed = std::get<signalr::NegotiateResponse>(asked->answer);
    if (agreed.use_stateful_reconnect && !stateful) {
      return Fail(Errc::kUnavailable,
                  "The hub answers with a stateful reconnect that nobody asked for.");
    }
    return Negotiated{std::move(url), std::move(caller), std::move(asked->cookies),
                      std::move(agreed)};
  }
  return Fail(Errc::kUnavailable, "The hub redirects in circles: " +
                                      std::to_string(kMostRedirects) + " times is enough.");
}

}  // namespace notify::cli::client
