#include "cli/client/tls_stream.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace notify::cli::client {
namespace {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

std::string Reason(SSL* ssl) {
  const auto verified = SSL_get_verify_result(ssl);
  if (verified != X509_V_OK) return X509_verify_cert_error_string(verified);
  const auto* reason = ERR_reason_error_string(ERR_get_error());
  return reason == nullptr ? "the peer closed the connection" : reason;
}

// Memory BIOs keep the socket in our hands: OpenSSL's own would raise SIGPIPE and block.
class TlsStream final : public Connection {
 public:
  explicit TlsStream(std::unique_ptr<Connection> plain) : plain_(std::move(plain)) {}

  Status Handshake(const Endpoint& endpoint, std::chrono::milliseconds limit) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_default_verify_paths(context_.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    ssl_.reset(SSL_new(context_.get()));
    incoming_ = BIO_new(BIO_s_mem());
    outgoing_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    ExpectPeer(endpoint.host);
    for (;;) {
      const int done = SSL_connect(ssl_.get());
      auto sent = SendPending();
      if (done == 1) return sent;
      if (SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ) {
        return Fail(Errc::kAgentUnreachable,
                    "No TLS with " + endpoint.ToString() + ": " + Reason(ssl_.get()) + ".",
                    "check the certificate, or use http:// where the agent has no TLS");
      }
      if (!sent) return sent;
      auto received = Receive(limit, -1);
      if (!received) return std::move(received.error());
    }
  }

  Status Write(std::string_view bytes) override {
    if (SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) {
      return Fail(Errc::kAgentUnreachable, "TLS broke: " + Reason(ssl_.get()) + ".");
    }
    return SendPending();
  }

  Result<std::size_t> Read(std::span<char> into, std::chrono::milliseconds limit,
                           int interrupt) override {
    for (;;) {
      const int n = SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size()));
      if (n > 0) return static_cast<std::size_t>(n);
      const int why = SSL_get_error(ssl_.get(), n);
      if (why == SSL_ERROR_ZERO_RETURN) return 0U;
      if (why != SSL_ERROR_WANT_READ) {
        return Fail(Errc::kAgentUnreachable, "TLS broke: " + Reason(ssl_.get()) + ".");
      }
      auto received = Receive(limit, interrupt);
      if (!received) return std::move(received.error());
      if (*received == 0) return Fail(Errc::kAgentUnreachable, "The connection was cut off.");
    }
  }

 private:
  void ExpectPeer(const std::string& host) {
    in6_addr parsed{};
    const bool address = ::inet_pton(AF_INET, host.c_str(), &parsed) == 1 ||
                         ::inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
    if (address) {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str());
    } else {
      SSL_set_tlsext_host_name(ssl_.get(), host.c_str());
      SSL_set1_host(ssl_.get(), host.c_str());
    }
  }

  Status SendPending() {
    std::array<char, 16 * 1024> buffer{};
    for (;;) {
      const int n = BIO_read(outgoing_, buffer.data(), static_cast<int>(buffer.size()));
      if (n <= 0) return {};
      auto written = plain_->Write({buffer.data(), static_cast<std::size_t>(n)});
      if (!written) return written;
    }
  }

  Result<std::size_t> Receive(std::chrono::milliseconds limit, int interrupt) {
    std::array<char, 16 * 1024> buffer{};
    auto n = plain_->Read(buffer, limit, interrupt);
    if (n && *n > 0) BIO_write(incoming_, buffer.data(), static_cast<int>(*n));
    if (n && *n == 0) BIO_set_mem_eof_return(incoming_, 0);
    return n;
  }

  std::unique_ptr<Connection> plain_;
  std::unique_ptr<SSL_CTX, FreeSsl> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;  // Owns both BIOs.
  BIO* incoming_ = nullptr;
  BIO* outgoing_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<Connection>> StartTls(std::unique_ptr<Connection> plain,
                                             const Endpoint& endpoint,
                                             std::chrono::milliseconds limit) {
  auto stream = std::make_unique<TlsStream>(std::move(plain));
  auto done = stream->Handshake(endpoint, limit);
  if (!done) return std::move(done.error());
  return stream;
}

}  // namespace notify::cli::client
