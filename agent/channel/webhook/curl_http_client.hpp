#pragma once

#include <memory>

#include "agent/async/executor.hpp"
#include "agent/channel/webhook/http_client.hpp"

namespace notify::agent::channel {

/// HttpClient by libcurl: all requests at once on one executor, which waits in curl_multi_poll, so
/// that a slow endpoint delays nobody else. No proxy, no redirect, HTTP(S) only, at most 64 KiB of
/// an answer. Nothing of libcurl is touched before the first request.
///
/// Lifetime: ends after its requests; `outbound` outlives it.
/// Threads:  Post and CancelAll on the platform executor; the rest on `outbound`, blocked while
///           it waits and is therefore for this client alone.
class CurlHttpClient final : public HttpClient {
 public:
  CurlHttpClient(async::Executor& outbound, bool allow_private_networks);
  ~CurlHttpClient() override;
  CurlHttpClient(const CurlHttpClient&) = delete;
  CurlHttpClient& operator=(const CurlHttpClient&) = delete;

  async::Task<Result<HttpResponse>> Post(HttpRequest request) override;
  void CancelAll() override;

 private:
  class Engine;
  struct Submission;

  // Shared with what is posted to `outbound`, which may run when the client is gone.
  std::shared_ptr<Engine> engine_;
};

}  // namespace notify::agent::channel
