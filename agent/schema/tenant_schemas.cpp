#include "agent/schema/tenant_schemas.hpp"

#include <algorithm>
#include <utility>

#include "agent/schema/upcasters.hpp"

namespace notify::agent::schema {
namespace {

Error Misfit(std::string pointer, std::string why) {
  Error error = Fail(Errc::kInvalidEvent, why + ".");
  error.errors.push_back({.pointer = std::move(pointer), .detail = std::move(why)});
  return error;
}

std::string Where(const FieldError& one) {
  return "'" + one.pointer + "' " + one.detail +
         (one.line > 0 ? " (line " + std::to_string(one.line) + ")" : std::string());
}

}  // namespace

std::size_t TenantSchemas::bytes() const {
  std::size_t sum = 0;
  for (const auto& [type, versions] : types_) {
    for (const Version& version : versions) sum += version.schema->text().size();
  }
  return sum;
}

const std::vector<TenantSchemas::Version>* TenantSchemas::Find(std::string_view type) const {
  const auto found = types_.find(type);
  return found == types_.end() ? nullptr : &found->second;
}

Status TenantSchemas::Check(const EventView& event, std::size_t& steps) const {
  const std::vector<Version>* versions = Find(event.type);
  if (versions == nullptr) return {};
  const Version* version = &versions->front();
  if (const auto named = VersionNamed(event.dataschema, event.type)) {
    const auto found = std::ranges::find(*versions, *named, &Version::number);
    if (found == versions->end()) {
      return Misfit("/dataschema", "'dataschema' names a version that is not in force for type '" +
                                       std::string(event.type) + "'");
    }
    version = &*found;
  }
  if (event.data_kind != DataKind::kJson) {
    return Misfit("/data", "'data' must be JSON, because type '" + std::string(event.type) +
                               "' has a schema");
  }
  auto fits = version->schema->Check(event.data, &steps);
  if (fits) return {};
  const std::string type(event.type);
  Error error = std::move(fits.error());
  for (FieldError& one : error.errors) one.pointer.insert(0, "/data");
  error.detail = "The data does not fit the schema of type '" + type + "', version " +
                 std::to_string(version->number) + ": " + Where(error.errors.front()) + ".";
  if (error.errors.size() > 1) {
    error.detail += " There are " + std::to_string(error.errors.size() - 1) + " more mistakes.";
  }
  error.hint = "notifyctl schema get " + type + " --version " + std::to_string(version->number);
  return error;
}

void TenantSchemas::Add(const std::string& type, Version version, std::size_t in_force) {
  auto& versions = types_[type];
  versions.insert(versions.begin(), std::move(version));
  if (versions.size() > in_force) versions.resize(in_force);
}

void TenantSchemas::Remove(const std::string& type) { types_.erase(type); }

}  // namespace notify::agent::schema
