#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"
#include "cli/moment.hpp"

namespace notify::cli::event {

struct EventPublishOptions {
  Factory* factory = nullptr;
  std::string file;
  std::string type;
  std::string data;
  std::string subject;
  std::string id;
  std::string source;
  std::string userid;
  std::string topic;
  std::string priority;
  std::string stream;
  std::string correlation_id;
  std::string idempotency_key;
  std::string expected_version;
  When when;  ///< Empty: now.
  bool dry_run = false;
};

Command& AddEventPublish(Command& noun, Factory& factory, RunHook<EventPublishOptions> run);
/// Publishes one event, from flags or a file, and prints `{id, epoch, sequence, duplicate}` when it
/// is durable, or `{id, status, scheduledAt, duplicate}` of one for later. kUsage without a type;
/// kInvalidJson for data that is not JSON.
Status RunEventPublish(const EventPublishOptions& options);

}  // namespace notify::cli::event
