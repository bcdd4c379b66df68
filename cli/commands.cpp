#include "cli/agent/noun.hpp"
#include "cli/app.hpp"
#include "cli/audit/noun.hpp"
#include "cli/connection/noun.hpp"
#include "cli/consumer/noun.hpp"
#include "cli/context/noun.hpp"
#include "cli/delivery/noun.hpp"
#include "cli/dlq/noun.hpp"
#include "cli/event/noun.hpp"
#include "cli/hub/noun.hpp"
#include "cli/key/noun.hpp"
#include "cli/log/noun.hpp"
#include "cli/metric/noun.hpp"
#include "cli/migrate/noun.hpp"
#include "cli/notification/noun.hpp"
#include "cli/projection/noun.hpp"
#include "cli/reference/reference.hpp"
#include "cli/schema/noun.hpp"
#include "cli/stream/noun.hpp"
#include "cli/template/noun.hpp"
#include "cli/tenant/noun.hpp"
#include "cli/token/noun.hpp"
#include "cli/top_level/bench.hpp"
#include "cli/top_level/bench_fanout.hpp"
#include "cli/top_level/doctor.hpp"
#include "cli/top_level/init.hpp"
#include "cli/top_level/version.hpp"
#include "cli/trigger/noun.hpp"

namespace notify::cli {

void AddCommands(Command& root, Factory& factory) {
  tenant::AddNoun(root, factory);
  key::AddNoun(root, factory);
  token::AddNoun(root, factory);
  event::AddNoun(root, factory);
  schema::AddNoun(root, factory);
  stream::AddNoun(root, factory);
  consumer::AddNoun(root, factory);
  projection::AddNoun(root, factory);
  connection::AddNoun(root, factory);
  delivery::AddNoun(root, factory);
  dlq::AddNoun(root, factory);
  notification::AddNoun(root, factory);
  templates::AddNoun(root, factory);
  trigger::AddNoun(root, factory);
  auto& hub = hub::AddNoun(root, factory);
  // One program under two names.
  top_level::AddBenchFanout(hub, "bench", factory, top_level::RunBenchFanout);
  log::AddNoun(root, factory);
  metric::AddNoun(root, factory);
  migrate::AddNoun(root, factory);
  audit::AddNoun(root, factory);
  context::AddNoun(root, factory);
  agent::AddNoun(root, factory);
  top_level::AddBench(root, factory);
  top_level::AddInit(root, factory, top_level::RunInit);
  top_level::AddDoctor(root, factory, top_level::RunDoctor);
  reference::AddCompletion(root, factory, reference::RunCompletion);
  top_level::AddVersion(root, factory, top_level::RunVersion);
  reference::AddReference(root, factory, reference::RunReference);
}

}  // namespace notify::cli
