#include "agent/ingress/rest/body_exchange.hpp"

namespace notify::agent::ingress::rest {

async::Task<Result<std::string>> BodyExchange::ReadBody(std::uint64_t limit) {
  if (body_.size() > limit) {
    co_return Fail(Errc::kBodyTooLarge,
                   "The request's body is larger than " + std::to_string(limit) + " bytes.");
  }
  co_return std::move(body_);
}

async::Task<Result<std::string>> BodyExchange::ReadPiece() { co_return std::exchange(body_, {}); }

}  // namespace notify::agent::ingress::rest
