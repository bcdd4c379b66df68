#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.hpp"
#include "common/model/event.hpp"
#include "common/model/expected_version.hpp"
#include "common/random.hpp"
#include "common/result.hpp"

namespace notify {

/// How large and deep an event may be.
struct EventLimits {
  std::size_t max_event_bytes = 256 * 1024;
  std::size_t max_batch = 10'000;
  int max_depth = 64;
};

/// Accepted events in the record format, one behind the other.
struct EventBatch {
  std::string records;
  std::vector<std::uint32_t> offsets;  ///< Where each begins in `records`.

  std::size_t size() const { return offsets.size(); }
  /// The record of event `index`, from its beginning to the end of the batch.
  std::string_view Record(std::size_t index) const {
    return std::string_view(records).substr(offsets[index]);
  }
};

/// An event of a batch that was refused, while the others go on.
struct RejectedEvent {
  std::size_t index = 0;
  Errc code = Errc::kInvalidEvent;
  std::string detail;
  std::size_t line = 0;  ///< In the body, from 0, empty lines counted; in an array as `index`.
  std::optional<std::uint64_t> current_version;  ///< CurrentVersionOf its error.
};

/// Accepted events whose `scheduledat` lies in the future, in the order of the request.
struct HeldEvents {
  EventBatch batch;
  std::vector<std::size_t> indices;  ///< The place in the request of each event of `batch`.
  std::vector<std::int64_t> due_ms;  ///< When each is due, Unix ms.
  std::vector<bool> has_caller_id;   ///< Whether each can be a duplicate.
};

/// What a request with events became.
struct ParsedEvents {
  EventBatch batch;
  std::vector<std::size_t> indices;  ///< The place in the request of each event of `batch`.
  std::vector<RejectedEvent> rejected;
  std::vector<bool> has_caller_id;  ///< By event of `batch`: whether it can be a duplicate.
  /// By event of `batch`: what is expected of its stream, besides that a `streamversion` is the
  /// next one. Empty where no event expects anything.
  std::vector<std::optional<ExpectedVersion>> expected;
  HeldEvents held;  ///< What is not for now.

  /// Accepted events, for now or for later.
  std::size_t size() const { return batch.size() + held.batch.size(); }
};

/// How history is read (contract 4, `event import`): attributes of the agent are dropped, its own
/// `notification.` and `delivery.` events are taken, and each event is marked as imported.
struct ImportRules {
  std::string_view id;           ///< Of the import; with the line it is the duplicate key.
  std::uint64_t first_line = 1;  ///< The number of the body's first line.
  std::string_view from_tenant;  ///< Events may also name this tenant, whose export it is.
  bool fire_triggers = false;
};

class EventAcceptance;

/// Reads events from request bodies (contract 4 and 6), by simdjson. What the caller left out is
/// filled in: `source`, `id`, `time`.
///
/// Lifetime: holds its buffers; one for each thread that reads. A batch can be read in parts,
/// several
///           at once: see BatchReading.
/// Threads:  one at a time.
class EventParser {
 public:
  /// `clock` and `random` outlive the parser.
  EventParser(const Clock& clock, Random& random, EventLimits limits);
  ~EventParser();
  EventParser(const EventParser&) = delete;
  EventParser& operator=(const EventParser&) = delete;

  /// What the request says besides its body.
  struct Request {
    std::string_view tenant;  ///< The resolved one; an event that names another is refused.
    std::string_view idempotency_key;  ///< Of the request; empty where there is none.
    bool require_specversion = false;  ///< application/cloudevents+json
    bool own = false;                  ///< An event of the agent: reserved types are allowed.
    /// What the query expects of the one event's stream; an event may say it too, in the short
    /// form.
    std::optional<ExpectedVersion> expected;
    bool needs_stream = false;            ///< The query has an `expectedVersion`, be it `any`.
    const ImportRules* import = nullptr;  ///< Null: news, not history.
  };

  /// The bytes that a body must be followed by: simdjson reads beyond the end.
  static std::size_t Padding();

  /// One event, structured or short form. The body has `Padding()` spare bytes of capacity behind
  /// it; `body` may be changed. Errors are of the whole request.
  Result<ParsedEvents> ParseOne(std::string& body, const Request& request);

  /// A JSON array. A syntax error anywhere refuses the request (with the offset); an event that is
  /// not valid is in `rejected`. kBatchTooLarge above the limit.
  Result<ParsedEvents> ParseArray(std::string& body, const Request& request);

  /// One event a line; an invalid line is in `rejected`.
  Result<ParsedEvents> ParseLines(std::string& body, const Request& request);

  /// Binary mode (CloudEvents HTTP binding 3.1): attributes by name, and the body as data.
  Result<ParsedEvents> ParseBinary(
      std::span<const std::pair<std::string_view, std::string_view>> attributes, std::string& body,
      std::string_view content_type, const Request& request);

 private:
  friend class BatchReading;
  /// What a request that is read needs of its own; back in `kept_` when it is done.
  struct GiveBack {
    EventParser* parser;
    void operator()(EventAcceptance* acceptance) const;
  };
  using Acceptance = std::unique_ptr<EventAcceptance, GiveBack>;
  Acceptance Lend();

  const Clock& clock_;
  Random& random_;
  const EventLimits limits_;
  std::vector<std::unique_ptr<EventAcceptance>> kept_;
};

/// Checks the attributes of an event; empty ones are absent. kInvalidEvent, kTypeReserved.
Status ValidateAttributes(const EventView& event, bool own);

/// Whether only the agent publishes events of this type (contract 4).
bool IsReservedType(std::string_view type);

/// Whether events of this type tell what became of notifications: the agent's own that an import
/// takes, because reports count them.
bool IsNotificationHistory(std::string_view type);

/// Whether `type` is up to 255 of `[A-Za-z0-9._-]` with at least one dot.
bool IsEventType(std::string_view type);

}  // namespace notify
