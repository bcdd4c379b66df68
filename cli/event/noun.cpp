#include "cli/event/noun.hpp"

#include "cli/event/cancel.hpp"
#include "cli/event/export.hpp"
#include "cli/event/get.hpp"
#include "cli/event/import.hpp"
#include "cli/event/list.hpp"
#include "cli/event/metrics.hpp"
#include "cli/event/publish.hpp"
#include "cli/event/replay.hpp"
#include "cli/event/retry.hpp"
#include "cli/event/status.hpp"
#include "cli/event/tail.hpp"

namespace notify::cli::event {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("event", "Events: publish, follow, look up, send again", {"events", "ev"});
  AddEventPublish(noun, factory, RunEventPublish);
  AddEventTail(noun, factory, RunEventTail);
  AddEventList(noun, factory, RunEventList);
  AddEventGet(noun, factory, RunEventGet);
  AddEventStatus(noun, factory, RunEventStatus);
  AddEventRetry(noun, factory, RunEventRetry);
  AddEventCancel(noun, factory, RunEventCancel);
  AddEventMetrics(noun, factory, RunEventMetrics);
  AddEventExport(noun, factory, RunEventExport);
  AddEventImport(noun, factory, RunEventImport);
  AddEventReplay(noun, factory, RunEventReplay);
}

}  // namespace notify::cli::event
