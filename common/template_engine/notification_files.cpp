#include <algorithm>
#include <array>

#include "common/template_engine/data.hpp"
#include "common/template_engine/notification_template.hpp"

namespace notify::template_engine {

namespace {

constexpr std::string_view kPlain = "text/plain; charset=utf-8";

constexpr ChannelFile kChannelFiles[] = {
    {"in_app.yaml.hbs", "in_app", Escape::kYaml, ChannelFile::Role::kYaml, kPlain},
    {"push.yaml.hbs", "push", Escape::kYaml, ChannelFile::Role::kYaml, kPlain},
    {"webhook.json.hbs", "webhook", Escape::kJson, ChannelFile::Role::kJson, "application/json"},
    {"log.txt.hbs", "log", Escape::kNone, ChannelFile::Role::kBody, kPlain},
    {"email.subject.hbs", "email", Escape::kNone, ChannelFile::Role::kSubject, {}},
    {"email.html.hbs", "email", Escape::kHtml, ChannelFile::Role::kBody,
     "text/html; charset=utf-8"},
    {"email.txt.hbs", "email", Escape::kNone, ChannelFile::Role::kText, kPlain},
    {"sms.hbs", "sms", Escape::kNone, ChannelFile::Role::kBody, kPlain},
};

// plan 5.1: NotificationTemplate and TemplateContent.
constexpr std::array<std::string_view, 16> kKeys = {
    "id",           "name",        "description", "category", "type",      "subtype",
    "channels",     "variables",   "tags",        "active",   "createdBy", "createdAt",
    "actionButton", "attachments", "metadata",    "priority"};

constexpr std::string_view kAboutFile = "template.yaml";

int LineOfKey(std::string_view yaml, std::string_view key) {
  int line = 1;
  while (!yaml.empty()) {
    const std::size_t end = yaml.find('\n');
    const std::string_view text = yaml.substr(0, end);
    if (text.starts_with(key) && text.substr(key.size()).starts_with(':')) return line;
    if (end == yaml.npos) break;
    yaml.remove_prefix(end + 1);
    ++line;
  }
  return 0;
}

TemplateError AboutError(std::string_view yaml, std::string_view key, std::string detail) {
  TemplateError error;
  error.template_name = kAboutFile;
  error.detail = std::move(detail);
  error.line = LineOfKey(yaml, key);
  error.column = error.line == 0 ? 0 : 1;
  return error;
}

}  // namespace

std::span<const ChannelFile> ChannelFiles() { return kChannelFiles; }

TemplateResult<TemplateAbout> ParseTemplateAbout(std::string_view yaml) {
  const auto parsed = Data::ParseYaml(yaml);
  if (!parsed) return tl::unexpected(AboutError(yaml, "", parsed.error().detail));
  const Value root = parsed->value();
  if (root.kind() != Kind::kObject) {
    return tl::unexpected(AboutError(yaml, "", "template.yaml holds no fields"));
  }
  for (const Member& member : root.members()) {
    if (std::find(kKeys.begin(), kKeys.end(), member.key.text()) != kKeys.end()) continue;
    const std::string key(member.key.text());
    TemplateError error = AboutError(yaml, key, "template.yaml has no field \"" + key + "\"");
    const std::string_view nearest = NearestName(key, {kKeys.begin(), kKeys.end()});
    if (!nearest.empty()) error.hint = "did you mean \"" + std::string(nearest) + "\"?";
    return tl::unexpected(std::move(error));
  }
  TemplateAbout about;
  const std::pair<const char*, std::string*> texts[] = {{"id", &about.id},
                                                        {"name", &about.name},
                                                        {"description", &about.description},
                                                        {"category", &about.category}};
  for (const auto& [key, text] : texts) {
    const Value value = root.Find(key);
    if (value.kind() == Kind::kString) {
      *text = value.text();
    } else if (!value.is_nullish()) {
      return tl::unexpected(AboutError(yaml, key, std::string(key) + " must be a text"));
    }
  }
  if (about.id.empty()) return tl::unexpected(AboutError(yaml, "id", "template.yaml has no id"));
  const Value channels = root.Find("channels");
  if (!channels.is_nullish() && channels.kind() != Kind::kArray) {
    return tl::unexpected(AboutError(yaml, "channels", "channels must be a list"));
  }
  if (channels.kind() == Kind::kArray) {
    for (const Value& channel : channels.items()) channel.AppendText(about.channels.emplace_back());
  }
  return about;
}

}  // namespace notify::template_engine
