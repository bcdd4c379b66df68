#pragma once

#include <string>

#include "cli/client/hub/exchange.hpp"
#include "cli/client/hub/url.hpp"
#include "common/signalr/negotiate.hpp"

namespace notify::cli::client {

/// What a negotiation agreed on.
struct Negotiated {
  HubUrl url;           ///< Where to connect: another one after a redirect.
  Caller caller;        ///< As whom: with the token of the last redirect that had one.
  std::string cookies;  ///< For all further requests, so that they reach the same server.
  signalr::NegotiateResponse answer;
};

/// Asks the server for a connection (`POST …/negotiate`, version 1) and follows its redirects. A
/// server that speaks version 0 only is understood.
///
/// kUnavailable  the server refuses, in its own words; more than 100 redirects; it answers what is
///               not a negotiation, or a stateful reconnect that nobody asked for.
/// else          as Connection::Open, or the Error that an HTTP status stands for.
Result<Negotiated> Negotiate(const Dial& dial, HubUrl url, Caller caller, bool stateful);

}  // namespace notify::cli::client
