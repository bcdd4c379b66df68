#pragma once

#include <memory>

#include "agent/async/runtime.hpp"
#include "agent/ingress/http/exchange.hpp"

namespace notify::agent::ingress {

/// Serves HTTP/1.1 requests on `stream`, one after another, until it ends, a limit is hit or
/// `draining` becomes true after an answer. Beast parses; the stream is ours. Answers have the
/// clock's `Date`.
async::Task<void> ServeConnection(std::unique_ptr<async::Stream> stream, async::IoThread& io,
                                  std::size_t io_index, const Clock& clock, HttpHandler& handler,
                                  const HttpLimits& limits, const bool& draining);

}  // namespace notify::agent::ingress
