#include "agent/async/tenant_context.hpp"

#include <utility>

namespace notify::agent::async {
namespace {

thread_local const TenantContext* current = nullptr;

}  // namespace

const TenantContext* TenantContext::Current() { return current; }

void TenantContext::Name(std::string tenant_id) {
  tenant = std::move(tenant_id);
  log_fields = {{"CorrelationId", correlation_id}};
  if (!tenant.empty()) log_fields.push_back({"TenantId", tenant});
}

namespace internal {

const TenantContext* SwapCurrentContext(const TenantContext* context) {
  const TenantContext* previous = current;
  if (previous == context) return previous;
  current = context;
  log::SetAmbient(context == nullptr ? nullptr : &context->log_fields);
  return previous;
}

}  // namespace internal
}  // namespace notify::agent::async
