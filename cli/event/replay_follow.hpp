#pragma once

#include <span>
#include <string>

#include "cli/client/api_client.hpp"
#include "cli/interrupts.hpp"
#include "cli/output/printer.hpp"
#include "cli/streams.hpp"
#include "cli/value.hpp"

namespace notify::cli::event {

/// The lines of a replay's report.
std::span<const output::Column> ReplayReport();

/// Follows one replay to its end, with a bar where standard error is a terminal. Asking after it is
/// what keeps it going: the agent interrupts one that nobody follows any more.
///
/// Lifetime: all that it is given outlives it. Threads: one at a time.
class ReplayFollower {
 public:
  ReplayFollower(Streams& streams, client::ApiClient& client, output::Printer& printer,
                 const Interrupts& interrupts)
      : streams_(streams), client_(client), printer_(printer), interrupts_(interrupts) {}

  /// `replay` is the agent's first answer. Prints the report when it has ended; see RunEventReplay
  /// for errors.
  Status Follow(Value replay);

 private:
  Status Interrupt();
  Status Report(const Value& replay);
  Error WithToken(Error error) const;

  Streams& streams_;
  client::ApiClient& client_;
  output::Printer& printer_;
  const Interrupts& interrupts_;
  std::string token_;
};

}  // namespace notify::cli::event
