#include "cli/agent/backup_members.hpp"

namespace notify::cli::agent {
namespace {

constexpr std::string_view kManifest = "manifest.json";
constexpr std::string_view kTenants = "tenants/";
constexpr std::string_view kIndex = "/log/index.db";
constexpr std::size_t kMostManifest = 4 << 20;

}  // namespace

Status BackupMembers::Begin(const archive::Member& member) {
  is_manifest_ = member.name == kManifest;
  if (is_manifest_ != (files_ == 0) || (is_manifest_ && member.size > kMostManifest)) {
    return Fail(Errc::kInvalidArgument, "This is not a backup: it does not begin with a manifest.",
                "Make one with: notifyctl agent backup FILE");
  }
  ++files_;
  bytes_ += member.size;
  // A tenant without a log is not one that can be restored.
  if (member.name.starts_with(kTenants) && member.name.ends_with(kIndex)) {
    tenants_.insert(
        member.name.substr(kTenants.size(), member.name.size() - kTenants.size() - kIndex.size()));
  }
  return {};
}

Status BackupMembers::Data(std::string_view bytes) {
  if (is_manifest_) manifest_ += bytes;
  return {};
}

Status BackupMembers::End() { return {}; }

Value BackupMembers::Summary() const {
  const Value manifest = Value::Parse(manifest_).value_or(Value{});
  Value summary = Value::Object();
  for (const std::string_view name : {"createdAt", "version", "masterKeyId"}) {
    summary.Set(name, manifest.Text(name));
  }
  Value missing = Value::Array();
  if (const Value* named = manifest.Find("tenants")) {
    for (const Value& name : named->items()) {
      if (!tenants_.contains(name.Text())) missing.Add(name);
    }
  }
  summary.Set("missing", std::move(missing));
  summary.Set("tenants", tenants_.size()).Set("files", files_).Set("bytes", bytes_);
  return summary;
}

}  // namespace notify::cli::agent
