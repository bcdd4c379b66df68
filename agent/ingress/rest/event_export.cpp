#include "agent/ingress/rest/event_export.hpp"

#include <string>
#include <utility>

namespace notify::agent::ingress::rest {
namespace {

constexpr std::string_view kLines = "application/x-ndjson";

/// The lines of an answer that begins with the first of them, so that what fails before is an
/// answer of its own.
class Lines {
 public:
  explicit Lines(Call& call) : call_(call) {}

  std::string& buffer() { return buffer_; }

  /// Sends what is in the buffer.
  async::Task<Status> Flush() {
    if (!std::exchange(begun_, true)) {
      Response head;
      head.content_type = kLines;
      head.headers = {{"X-Correlation-Id", std::string(call_.correlation_id)}};
      auto beginning = call_.exchange.BeginAnswer(std::move(head));
      if (auto begun = co_await std::move(beginning); !begun) co_return begun;
    }
    if (buffer_.empty()) co_return Status();
    auto writing = call_.exchange.WriteAnswer(buffer_);
    const Status written = co_await std::move(writing);
    buffer_.clear();
    co_return written;
  }

 private:
  Call& call_;
  std::string buffer_;
  bool begun_ = false;
};

}  // namespace

bool WantsLines(const Call& call) {
  return call.head().Header("Accept").value_or("").find(kLines) != std::string_view::npos;
}

async::Task<Result<Response>> ExportEvents(Call& call, EventQuery& query, TenantHandle tenant,
                                           TimeRange range, EventFilter filter, std::size_t limit) {
  Lines lines(call);
  StampText text;
  std::size_t left = limit;
  const std::string& name = tenant.id().text();
  const schema::UpcastersPtr upcasters = filter.upcasters;
  EventQuery::Each each = [&](const EventView& event, const CommittedBatch& batch,
                              Position position) {
    AppendShown(lines.buffer(), upcasters.get(), event,
                {.tenant = name,
                 .position = position,
                 .recorded_ms = batch.RecordedMs(position.sequence),
                 .text = &text});
    lines.buffer() += '\n';
    return --left > 0;
  };
  EventQuery::EachPage flush = [&] { return lines.Flush(); };
  auto walking =
      query.Walk(tenant, std::move(range), std::move(filter), std::move(each), std::move(flush));
  const auto walked = co_await std::move(walking);
  if (!walked) co_return walked.error();
  auto flushing = lines.Flush();
  if (auto flushed = co_await std::move(flushing); !flushed) co_return flushed.error();
  auto ending = call.exchange.EndAnswer();
  if (auto ended = co_await std::move(ending); !ended) co_return ended.error();
  co_return Response();
}

}  // namespace notify::agent::ingress::rest
