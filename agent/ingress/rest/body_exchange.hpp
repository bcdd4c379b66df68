#pragma once

#include <string>
#include <utility>

#include "agent/ingress/http/exchange.hpp"

namespace notify::agent::ingress::rest {

/// An exchange whose body was read before its operation asks for it.
///
/// Lifetime: `exchange` outlives it.
/// Threads:  as the exchange.
class BodyExchange final : public Exchange {
 public:
  BodyExchange(Exchange& exchange, std::string body)
      : exchange_(exchange), body_(std::move(body)) {}

  const RequestHead& head() const override { return exchange_.head(); }
  const async::Peer& peer() const override { return exchange_.peer(); }
  async::IoThread& io() override { return exchange_.io(); }
  std::size_t io_index() const override { return exchange_.io_index(); }
  async::Task<Result<std::string>> ReadBody(std::uint64_t limit) override;
  async::Task<Result<std::string>> ReadPiece() override;
  async::Task<Status> BeginAnswer(Response head) override {
    return exchange_.BeginAnswer(std::move(head));
  }
  async::Task<Status> WriteAnswer(std::string_view piece) override {
    return exchange_.WriteAnswer(piece);
  }
  async::Task<Status> EndAnswer() override { return exchange_.EndAnswer(); }
  bool PeerLeft() override { return exchange_.PeerLeft(); }
  async::Task<void> Respond(Response response) override {
    return exchange_.Respond(std::move(response));
  }
  std::uint64_t bytes_out() const override { return exchange_.bytes_out(); }
  std::uint64_t bytes_in() const override { return exchange_.bytes_in(); }
  int status() const override { return exchange_.status(); }
  Taken TakeStream(int status) override { return exchange_.TakeStream(status); }
  HandedOver HandOver(int status) override { return exchange_.HandOver(status); }
  void CloseAfterwards() override { exchange_.CloseAfterwards(); }

 private:
  Exchange& exchange_;
  std::string body_;
};

}  // namespace notify::agent::ingress::rest
