#include "tests/support/test_tenant.hpp"

#include <memory>

#include "agent/flow/audit_sink.hpp"
#include "agent/tenant/handle_issuer.hpp"
#include "common/encoding.hpp"

namespace notify::testing_support {
namespace {

class NoAudit final : public agent::AuditSink {
 public:
  void Record(const agent::TenantHandle&, agent::AuditEntry) override {}
  void RecordPlatform(agent::AuditEntry) override {}
};

}  // namespace

agent::TenantHandle MakeTenant(const std::string& name, const std::string& folder,
                               std::size_t storage) {
  auto record = std::make_shared<agent::TenantRecord>();
  record->id = TenantId::Parse(name).value();
  record->name = name;
  record->epoch = Epoch{1'782'820'800'000};
  record->folder = folder;
  record->storage = storage;
  record->data_key = Secret(Sha256("data key of " + name));
  record->key_id = 1;
  record->token_key = Secret(Sha256("token key of " + name));
  NoAudit audit;
  return agent::tenant::HandleIssuer::ForPlatform(std::move(record), "test.run", audit);
}

}  // namespace notify::testing_support
