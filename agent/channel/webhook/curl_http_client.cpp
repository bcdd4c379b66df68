#include "agent/channel/webhook/curl_http_client.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <list>
#include <utility>

#include "agent/channel/webhook/address_guard.hpp"
#include "agent/channel/webhook/curl_library.hpp"

namespace notify::agent::channel {
namespace {

constexpr std::size_t kMostOfAnAnswer = 64 * 1024;
constexpr int kLongestPollMs = 1000;

// Nothing here runs before Post has found the library.
const CurlLibrary& Curl() { return *FindCurl(); }

struct FreeEasy {
  void operator()(CURL* easy) const { Curl().easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { Curl().slist_free_all(list); }
};

// One request under way; it lives in the frame of the coroutine that waits for it.
struct Transfer {
  HttpRequest request;
  bool allow_private_networks = false;
  Result<HttpResponse> result = HttpResponse{};
  async::ResumePoint back;

  std::unique_ptr<CURL, FreeEasy> easy;
  std::unique_ptr<curl_slist, FreeList> headers;
  std::array<char, CURL_ERROR_SIZE> message{};
  std::size_t received = 0;
  bool refused = false;
};

bool Allowed(const curl_sockaddr& address) {
  if (address.family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&address.addr);
    return IsPublicAddress({reinterpret_cast<const char*>(&in->sin_addr), 4});
  }
  if (address.family != AF_INET6) return false;
  // `addr` is declared as a plain sockaddr, but libcurl keeps room for any behind it.
  const auto* in = reinterpret_cast<const sockaddr_in6*>(&address.addr);
  return IsPublicAddress({reinterpret_cast<const char*>(&in->sin6_addr), 16});
}

curl_socket_t OpenSocket(void* context, curlsocktype purpose, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (purpose != CURLSOCKTYPE_IPCXN || (!transfer.allow_private_networks && !Allowed(*address))) {
    transfer.refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t TakeBody(char*, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.received += size * count;
  return transfer.received > kMostOfAnAnswer ? 0 : size * count;
}

std::size_t TakeHeader(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  constexpr std::string_view kName = "retry-after:";
  std::string_view line(data, size * count);
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20) || a == b; };
  if (line.size() > kName.size() && std::equal(kName.begin(), kName.end(), line.begin(), same)) {
    line.remove_prefix(kName.size());
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
    transfer.result->retry_after = line.substr(0, 64);
  }
  return size * count;
}

void Prepare(Transfer& transfer) {
  transfer.easy.reset(Curl().easy_init());
  CURL* const easy = transfer.easy.get();
  for (const auto& [name, value] : transfer.request.headers) {
    const std::string line = name + ": " + value;
    transfer.headers.reset(Curl().slist_append(transfer.headers.release(), line.c_str()));
  }
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(transfer.request.timeout).count();
  Curl().easy_setopt(easy, CURLOPT_URL, transfer.request.url.c_str());
  Curl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  Curl().easy_setopt(easy, CURLOPT_PROXY, "");
  Curl().easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  Curl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  Curl().easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(ms));
  Curl().easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
  Curl().easy_setopt(easy, CURLOPT_POST, 1L);
  Curl().easy_setopt(easy, CURLOPT_POSTFIELDS, transfer.request.body.data());
  Curl().easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(transfer.request.body.size()));
  Curl().easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.message.data());
  Curl().easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  Curl().easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
  Curl().easy_setopt(easy, CURLOPT_WRITEFUNCTION, &TakeBody);
  Curl().easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  Curl().easy_setopt(easy, CURLOPT_HEADERFUNCTION, &TakeHeader);
  Curl().easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  Curl().easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
}

Result<HttpResponse> Outcome(Transfer& transfer, CURLcode code) {
  long status = 0;
  Curl().easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  // An answer that is too long was cut by us; its status counts all the same.
  const bool cut = code == CURLE_WRITE_ERROR && transfer.received > kMostOfAnAnswer;
  if (code == CURLE_OK || cut) {
    HttpResponse response = std::move(*transfer.result);
    response.status = static_cast<int>(status);
    return response;
  }
  if (transfer.refused) {
    return Fail(Errc::kForbidden, "The endpoint's address is not a public one.",
                "The platform's operator can set channels.webhook.allow_private_networks.");
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return Fail(Errc::kUpstreamTimeout, "The endpoint did not answer in time.");
  }
  return Fail(Errc::kUpstreamUnreachable,
              std::string("The endpoint cannot be reached: ") + Curl().easy_strerror(code) + ".");
}

}  // namespace

class CurlHttpClient::Engine : public std::enable_shared_from_this<Engine> {
 public:
  Engine(async::Executor& outbound, bool allow) : outbound_(outbound), allow_(allow) {}
  ~Engine() {
    if (multi_ != nullptr) Curl().multi_cleanup(multi_);
  }

  bool allow_private_networks() const { return allow_; }

  void Submit(Transfer& transfer) {
    outbound_.Post([self = shared_from_this(), &transfer] { self->Add(transfer); });
    Wake();
  }

  void CancelAll() {
    outbound_.Post([self = shared_from_this()] { self->Cancel(); });
    Wake();
  }

  // Before the first request.
  void Open() {
    if (multi_ == nullptr) multi_ = Curl().multi_init();
  }

 private:
  void Wake() {
    if (multi_ != nullptr) Curl().multi_wakeup(multi_);
  }

  void Add(Transfer& transfer) {
    Prepare(transfer);
    running_.push_back(&transfer);
    Curl().multi_add_handle(multi_, transfer.easy.get());
    if (!std::exchange(stepping_, true)) Step();
  }

  void Step() {
    int running = 0;
    Curl().multi_perform(multi_, &running);
    int left = 0;
    while (CURLMsg* message = Curl().multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      Curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      Finish(*transfer, Outcome(*transfer, message->data.result));
    }
    stepping_ = !running_.empty();
    if (!stepping_) return;
    Curl().multi_poll(multi_, nullptr, 0, kLongestPollMs, nullptr);
    outbound_.Post([self = shared_from_this()] { self->Step(); });
  }

  void Cancel() {
    const std::list<Transfer*> all = running_;
    for (Transfer* transfer : all) {
      Finish(*transfer, Fail(Errc::kUnavailable, "The agent is stopping."));
    }
  }

  void Finish(Transfer& transfer, Result<HttpResponse> result) {
    Curl().multi_remove_handle(multi_, transfer.easy.get());
    running_.remove(&transfer);
    transfer.result = std::move(result);
    transfer.easy.reset();
    // The last touch: the waiting frame owns the transfer.
    const async::ResumePoint back = transfer.back;
    back.Schedule();
  }

  async::Executor& outbound_;
  const bool allow_;
  CURLM* multi_ = nullptr;
  std::list<Transfer*> running_;
  bool stepping_ = false;
};

/// Waits until the engine has finished a transfer.
struct CurlHttpClient::Submission {
  Engine& engine;
  Transfer& transfer;
  bool await_ready() const noexcept { return false; }
  template <typename P>
  void await_suspend(std::coroutine_handle<P> caller) {
    transfer.back = async::PointOf(caller);
    engine.Submit(transfer);
  }
  void await_resume() const noexcept {}
};

CurlHttpClient::CurlHttpClient(async::Executor& outbound, bool allow_private_networks)
    : engine_(std::make_shared<Engine>(outbound, allow_private_networks)) {}

CurlHttpClient::~CurlHttpClient() = default;

async::Task<Result<HttpResponse>> CurlHttpClient::Post(HttpRequest request) {
  if (FindCurl() == nullptr) {
    co_return Fail(Errc::kUpstreamUnreachable, "libcurl is not installed on this machine.",
                   "Install the package libcurl4.");
  }
  engine_->Open();
  Transfer transfer;
  transfer.request = std::move(request);
  transfer.allow_private_networks = engine_->allow_private_networks();
  Submission submission{*engine_, transfer};
  co_await submission;
  co_return std::move(transfer.result);
}

void CurlHttpClient::CancelAll() { engine_->CancelAll(); }

}  // namespace notify::agent::channel
