#include "cli/audit/list.hpp"

#include <array>

namespace notify::cli::audit {
namespace {

constexpr std::array<output::Column, 12> kColumns = {{{"TIME", "time"},
                                                      {"TENANT", "tenant"},
                                                      {"ACTOR", "actor"},
                                                      {"ACTION", "action"},
                                                      {"TARGET", "target"},
                                                      {"RESULT", "result"},
                                                      {"CODE", "code"},
                                                      {"COUNT", "count"},
                                                      {"SEQ", "seq", true},
                                                      {"ROLE", "role", true},
                                                      {"ADDRESS", "address", true},
                                                      {"CORRELATION", "correlationId", true}}};

}  // namespace

Command& AddAuditList(Command& noun, Factory& factory, RunHook<AuditListOptions> run) {
  auto& command = noun.Add("list", "List audit records", {"ls"});
  auto& options = command.Own(AuditListOptions{.factory = &factory});
  command.Describe(
      "With --tenant that tenant's chain; as platform-admin without it all chains, by "
      "time. Equal refusals within 10 seconds are one record with a count.");
  command.Option("--since,--from", "TIME", options.since, "from RFC 3339 or back from now: 1h");
  command.Option("--until,--to", "TIME", options.until, "up to, exclusive");
  command.Option("--action", "ACTION", options.action, "only this action");
  command.Option("--result", "RESULT", options.result, "only this result, for example refused");
  AddListWindow(command, options.window);
  command.Example("notifyctl audit list --tenant blue --result refused --since 24h",
                  "who was refused since yesterday");
  return command.Runs(options, std::move(run));
}

Status RunAuditList(const AuditListOptions& options) {
  client::Request request{.operation = "listAudit"};
  request.With("since", options.since)
      .With("until", options.until)
      .With("action", options.action)
      .With("result", options.result);
  return ListAndPrint(*options.factory, request, options.window,
                      {.columns = kColumns, .name_path = "hash"}, "No records match.");
}

}  // namespace notify::cli::audit
