#include "agent/ingress/rest/stream_query.hpp"

#include <utility>

#include "agent/ingress/rest/event_query.hpp"

namespace notify::agent::ingress::rest {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;

/// The versions from `wanted` up to the one before `found` are missing; all where it is 0.
Error Missing(std::uint64_t wanted, std::uint64_t found, std::uint64_t current) {
  const std::uint64_t last = found == 0 ? current : found - 1;
  return Fail(
      Errc::kGap,
      "Events " + std::to_string(wanted) + " to " + std::to_string(last) +
          " of the stream are not in the log any more: they were removed by retention, or damaged.",
      found == 0 ? "Begin with a snapshot: fromSnapshot=true."
                 : "Begin with a snapshot (fromSnapshot=true), or go on with fromVersion=" +
                       std::to_string(found) + ".");
}

/// Takes the events of a stream out of what is read of the log, as long as they have no gap.
class Collector {
 public:
  Collector(const TenantHandle& tenant, std::string_view stream, eventlog::StreamHead head,
            StreamStart start, std::size_t limit, const schema::Upcasters* upcasters)
      : tenant_(tenant), stream_(stream), head_(head), limit_(limit), upcasters_(upcasters) {
    page.next = start;
  }

  /// False once the page is full, or ends in front of a gap.
  bool Take(const CommittedBatch& batch) {
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
      const Sequence sequence{batch.first.value + i};
      if (sequence <= page.next.after) continue;
      if (sequence > head_.last) return false;
      const std::string_view record = batch.events.Record(i);
      const auto identity = ReadRecordIdentity(record);
      if (!identity || identity->stream != stream_) continue;
      const auto version = ParseStreamVersion(identity->streamversion);
      if (!version || *version < page.next.version) continue;
      if (*version != page.next.version) {
        found_instead = *version;
        return false;
      }
      if (page.envelopes.size() == limit_) return false;
      EventView event;
      if (!ReadRecord(record, event)) continue;
      AppendShown(page.envelopes.emplace_back(), upcasters_, event,
                  {.tenant = tenant_.id().text(),
                   .position = {batch.epoch, sequence},
                   .recorded_ms = batch.RecordedMs(i)});
      page.next = {*version + 1, sequence};
    }
    return true;
  }

  StreamPage page;
  std::uint64_t found_instead = 0;  // The version behind a gap.

 private:
  const TenantHandle& tenant_;
  const std::string_view stream_;
  const eventlog::StreamHead head_;
  const std::size_t limit_;
  const schema::Upcasters* const upcasters_;
};

}  // namespace

async::Task<Result<eventlog::StreamHead>> StreamQuery::Head(TenantHandle tenant,
                                                            std::string stream) {
  auto head = co_await log_.Stream(tenant, stream);
  if (head && head->version == 0) {
    co_return Fail(Errc::kNotFound, "The stream '" + stream.substr(0, 128) + "' has no event.",
                   "notifyctl event publish --stream begins one.");
  }
  co_return head;
}

async::Task<Result<StreamPage>> StreamQuery::Read(TenantHandle tenant, std::string stream,
                                                  eventlog::StreamHead head, StreamStart start,
                                                  std::size_t limit,
                                                  schema::UpcastersPtr upcasters) {
  if (start.version > head.version) {
    co_return StreamPage{{}, start, false};
  }
  // Not in front of the stream's first event, and the last one needs no search.
  Sequence begin{head.first.value - 1};
  if (start.version == head.version) begin.value = head.last.value - 1;
  start.after = std::max(start.after, begin);
  Collector found(tenant, stream, head, start, limit, upcasters.get());
  const eventlog::WantedEvents wanted{.types = {}, .stream = stream};
  Position at{Epoch{}, start.after};
  for (bool goes_on = true; goes_on && at.sequence < head.last;) {
    auto page = co_await log_.Read(tenant, at, kReadBytes, wanted);
    if (!page) co_return page.error();
    for (const BatchPtr& batch : page->batches) {
      goes_on = goes_on && found.Take(*batch);
    }
    goes_on = goes_on && !page->at_head;
    at = {Epoch{}, page->after.sequence};
  }
  if (found.page.envelopes.empty()) {
    co_return Missing(start.version, found.found_instead, head.version);
  }
  found.page.more = found.page.next.version <= head.version;
  co_return std::move(found.page);
}

}  // namespace notify::agent::ingress::rest
