#include "common/template_engine/notification_template.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "common/template_engine/data.hpp"

namespace notify::template_engine {

namespace {

TemplateError ErrorOf(Errc code, std::string_view file, std::string detail, std::string hint = {}) {
  TemplateError error;
  error.code = code;
  error.template_name = file;
  error.detail = std::move(detail);
  error.hint = std::move(hint);
  return error;
}

bool IsBeside(std::string_view file) {
  return file.starts_with("locales/") || file.starts_with("samples/") ||
         file.starts_with("golden/");
}

// A title is a header line in more than one channel: breaks and other controls become one space.
std::string OneLine(std::string_view text) {
  std::string line;
  bool space = false;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) <= 0x20U || c == 0x7F;
    if (control) {
      space = !line.empty();
      continue;
    }
    if (std::exchange(space, false)) line += ' ';
    line += c;
  }
  return line;
}

void TrimLineEnds(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
}

std::optional<TemplateError> TakeYaml(const ChannelFile& file, const std::string& output,
                                      RenderedNotification& result) {
  const auto parsed = Data::ParseYaml(output);
  const auto wrong = [&](std::string detail) {
    return ErrorOf(Errc::kTemplateData, file.file, std::move(detail),
                   "write variables inside double quotes: title: \"{{name}}\"");
  };
  if (!parsed) return wrong("the output is not YAML: " + parsed.error().detail);
  const Value root = parsed->value();
  if (root.kind() != Kind::kObject) return wrong("the output has no fields");
  for (const Member& member : root.members()) {
    if (member.key.text() != "title" && member.key.text() != "body" &&
        member.key.text() != "data") {
      return wrong("the output has a field \"" + std::string(member.key.text()) +
                   "\" beside title, body and data");
    }
  }
  const Value title = root.Find("title");
  const Value body = root.Find("body");
  if (title.kind() == Kind::kObject || title.kind() == Kind::kArray || body.is_nullish() ||
      body.kind() == Kind::kObject || body.kind() == Kind::kArray) {
    return wrong("title and body of the output must be texts");
  }
  std::string text;
  title.AppendText(text);
  result.title = OneLine(text);
  body.AppendText(result.body);
  TrimLineEnds(result.body);
  const Value data = root.Find("data");
  if (!data.is_nullish()) AppendJson(data, result.data_json);
  return std::nullopt;
}

std::optional<TemplateError> TakeJson(const ChannelFile& file, std::string output,
                                      RenderedNotification& result) {
  const auto parsed = Data::Parse(output);
  if (!parsed) {
    return ErrorOf(Errc::kTemplateData, file.file,
                   "the output is not JSON: " + parsed.error().detail,
                   "write texts inside double quotes, and other values as {{json value}}");
  }
  const Value title = parsed->value().Find("title");
  if (title.kind() == Kind::kString) result.title = OneLine(title.text());
  TrimLineEnds(output);
  result.body = std::move(output);
  return std::nullopt;
}

// Puts the output of one file in its place.
std::optional<TemplateError> Take(const ChannelFile& file, std::string output,
                                  RenderedNotification& result) {
  const bool text_beside_html = file.role == ChannelFile::Role::kText && !result.body.empty();
  if (!file.content_type.empty() && !text_beside_html) result.content_type = file.content_type;
  switch (file.role) {
    case ChannelFile::Role::kYaml:
      return TakeYaml(file, output, result);
    case ChannelFile::Role::kJson:
      return TakeJson(file, std::move(output), result);
    case ChannelFile::Role::kSubject:
      result.title = OneLine(output);
      break;
    case ChannelFile::Role::kBody:
      TrimLineEnds(output);
      result.body = std::move(output);
      break;
    case ChannelFile::Role::kText:
      TrimLineEnds(output);
      result.text = std::move(output);
      break;
  }
  return std::nullopt;
}

}  // namespace

TemplateResult<NotificationTemplate> NotificationTemplate::Compile(const TemplateFiles& files,
                                                                   const TemplateFiles& partials) {
  NotificationTemplate made;
  for (const auto& [name, text] : partials) {
    auto partial = Template::Compile(text, name);
    if (!partial) return tl::unexpected(std::move(partial.error()));
    made.partials_.emplace(name, std::move(*partial));
  }
  for (const auto& [file, text] : files) {
    if (auto error = made.Add(file, text)) return tl::unexpected(std::move(*error));
  }
  if (auto error = made.CheckChannels()) return tl::unexpected(std::move(*error));
  if (auto error = made.CheckPartials()) return tl::unexpected(std::move(*error));
  return made;
}

std::optional<TemplateError> NotificationTemplate::Add(const std::string& file,
                                                       const std::string& text) {
  if (IsBeside(file)) return std::nullopt;
  if (file == "template.yaml") {
    auto about = ParseTemplateAbout(text);
    if (!about) return std::move(about.error());
    about_ = std::move(*about);
    return std::nullopt;
  }
  const auto kinds = ChannelFiles();
  const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const ChannelFile& known) { return known.file == file; });
  if (kind == kinds.end()) {
    std::vector<std::string_view> known{"template.yaml"};
    for (const ChannelFile& one : kinds) known.push_back(one.file);
    const std::string_view nearest = NearestName(file, known);
    return ErrorOf(Errc::kInvalidTemplate, file, "a template has no file of that name",
                   nearest.empty() ? "" : "did you mean \"" + std::string(nearest) + "\"?");
  }
  auto compiled = Template::Compile(text, file);
  if (!compiled) return std::move(compiled.error());
  parts_.push_back({&*kind, std::move(*compiled)});
  return std::nullopt;
}

std::optional<TemplateError> NotificationTemplate::CheckChannels() const {
  const auto channels = Channels();
  if (channels.empty()) {
    return ErrorOf(Errc::kInvalidTemplate, about_.id, "the template has no file for any channel",
                   "add in_app.yaml.hbs");
  }
  for (const std::string& wanted : about_.channels) {
    if (std::find(channels.begin(), channels.end(), wanted) != channels.end()) continue;
    return ErrorOf(Errc::kInvalidTemplate, "template.yaml",
                   "the channel \"" + wanted + "\" has no file");
  }
  return std::nullopt;
}

// An inline partial may be defined by whoever calls the layout that shows it.
std::optional<TemplateError> NotificationTemplate::CheckPartials() const {
  std::set<std::string_view> known;
  std::vector<const Template*> all;
  for (const auto& [name, partial] : partials_) {
    known.insert(name);
    all.push_back(&partial);
  }
  for (const Part& part : parts_) all.push_back(&part.compiled);
  for (const Template* one : all) {
    for (const std::string_view name : one->inline_partials()) known.insert(name);
  }
  for (const Template* one : all) {
    for (const PartialReference& reference : one->partials()) {
      if (reference.has_fallback || known.contains(reference.name)) continue;
      auto error = ErrorOf(Errc::kInvalidTemplate, one->name(),
                           "there is no partial \"" + reference.name + "\"");
      const auto nearest = NearestName(reference.name, {known.begin(), known.end()});
      if (!nearest.empty()) error.hint = "did you mean \"" + std::string(nearest) + "\"?";
      error.line = reference.position.line;
      error.column = reference.position.column;
      return error;
    }
  }
  return std::nullopt;
}

std::vector<std::string> NotificationTemplate::Channels() const {
  std::set<std::string> channels;
  for (const Part& part : parts_) channels.emplace(part.kind->channel);
  return {channels.begin(), channels.end()};
}

std::vector<std::string> NotificationTemplate::Files() const {
  std::vector<std::string> files;
  for (const Part& part : parts_) files.emplace_back(part.kind->file);
  return files;
}

TemplateResult<std::string> NotificationTemplate::RenderPart(
    const Part& part, const Value& data, const NotificationOptions& options) const {
  if (data.kind() != Kind::kObject) {
    return tl::unexpected(
        ErrorOf(Errc::kTemplateData, part.kind->file, "the data of a template is a JSON object"));
  }
  const RenderOptions render{.escape = part.kind->escape,
                             .missing = options.missing,
                             .partials = &partials_,
                             .limits = options.limits};
  std::string output;
  auto done = template_engine::Render(part.compiled, data, render, output);
  if (!done) return tl::unexpected(std::move(done.error()));
  return output;
}

TemplateResult<std::string> NotificationTemplate::RenderFile(
    std::string_view file, const Value& data, const NotificationOptions& options) const {
  for (const Part& part : parts_) {
    if (part.kind->file == file) return RenderPart(part, data, options);
  }
  return tl::unexpected(
      ErrorOf(Errc::kInvalidTemplate, about_.id, "the template has no " + std::string(file)));
}

TemplateResult<RenderedNotification> NotificationTemplate::Render(
    std::string_view channel, const Value& data, const NotificationOptions& options) const {
  RenderedNotification result;
  bool any = false;
  for (const Part& part : parts_) {
    if (part.kind->channel != channel) continue;
    any = true;
    auto output = RenderPart(part, data, options);
    if (!output) return tl::unexpected(std::move(output.error()));
    if (auto error = Take(*part.kind, std::move(*output), result)) {
      return tl::unexpected(std::move(*error));
    }
  }
  if (!any) {
    return tl::unexpected(
        ErrorOf(Errc::kInvalidTemplate, about_.id,
                "the template has nothing for the channel \"" + std::string(channel) + "\""));
  }
  // A mail with text alone is a plain one.
  if (result.body.empty()) result.body.swap(result.text);
  return result;
}

TemplateResult<RenderedNotification> NotificationTemplate::Render(
    std::string_view channel, const nlohmann::json& data,
    const NotificationOptions& options) const {
  const Data values = Data::From(data);
  return Render(channel, values.value(), options);
}

}  // namespace notify::template_engine
