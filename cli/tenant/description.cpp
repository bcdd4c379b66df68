#include "cli/tenant/description.hpp"

#include <array>

#include "cli/calls.hpp"
#include "common/ids.hpp"

namespace notify::cli::tenant {
namespace {

constexpr std::array<std::string_view, 6> kMembers = {"id",    "name",   "tier",
                                                      "hosts", "config", "limits"};

Status SetPairs(Value& body, std::string_view member, const std::vector<std::string>& pairs) {
  if (pairs.empty()) return {};
  const auto* there = body.Find(member);
  auto object = there == nullptr ? Value::Object() : *there;
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Fail(Errc::kUsage, "\"" + pair + "\" should be of the form key=value.");
    }
    object.Set(pair.substr(0, equals), JsonOrText(pair.substr(equals + 1)));
  }
  body.Set(member, std::move(object));
  return {};
}

Status SetId(Value& body, const Description& description) {
  const auto in_file = body.Text("id");
  if (!description.id.empty() && !in_file.empty() && in_file != description.id) {
    return Fail(Errc::kInvalidArgument, description.file + " describes the tenant " + in_file +
                                            ", not " + description.id + ".");
  }
  const auto& id = description.id.empty() ? in_file : description.id;
  if (id.empty()) {
    return Fail(Errc::kUsage, "Which tenant? Neither the command nor a file names an ID.",
                "notifyctl tenant create ID, or -f FILE with an `id`");
  }
  const auto parsed = TenantId::Parse(id);
  if (!parsed) return parsed.error();
  auto ordered = Value::Object();
  ordered.Set("id", id);
  for (const auto& [key, value] : body.members()) ordered.Set(key, value);
  body = std::move(ordered);
  return {};
}

}  // namespace

void AddDescription(Command& command, Description& description) {
  command.Argument("ID", description.id, "of the tenant: a DNS label (or in the file)");
  command.Option("-f,--file", "FILE", description.file, "YAML or JSON; - is standard input");
  command.Option("--name", "TEXT", description.name, "what people call it");
  command.Option("--tier", "TIER", description.tier, "for example standard");
  command.Option("--host", "HOST", description.hosts, "a host name that means it (repeatable)");
  command.Option("--config", "KEY=VALUE", description.config,
                 "one setting, for example hub.payload=data (repeatable)");
  command.Option("--limit", "NAME=N", description.limits,
                 "one limit, for example eventsPerSecond=500 (repeatable)");
}

Result<Value> DescriptionBody(Factory& factory, const Description& description) {
  auto body = Value::Object();
  if (!description.file.empty()) {
    auto read = ReadObject(factory, description.file, "tenant", kMembers);
    if (!read) return read;
    body = std::move(*read);
  }
  auto done = SetId(body, description);
  if (!done) return std::move(done.error());
  body.SetText("name", description.name).SetText("tier", description.tier);
  if (!description.hosts.empty()) {
    auto hosts = Value::Array();
    for (const auto& host : description.hosts) hosts.Add(host);
    body.Set("hosts", std::move(hosts));
  }
  done = SetPairs(body, "config", description.config);
  if (done) done = SetPairs(body, "limits", description.limits);
  if (!done) return std::move(done.error());
  return body;
}

std::span<const output::Column> TenantColumns() {
  static constexpr std::array<output::Column, 10> kColumns = {{{"ID", "id"},
                                                               {"STATE", "state"},
                                                               {"TIER", "tier"},
                                                               {"EVENTS", "log.events", true},
                                                               {"CREATED", "createdAt"},
                                                               {"NAME", "name", true},
                                                               {"HOSTS", "hosts", true},
                                                               {"BYTES", "log.bytes", true},
                                                               {"CONFIG", "config", true},
                                                               {"LIMITS", "limits", true}}};
  return kColumns;
}

}  // namespace notify::cli::tenant
