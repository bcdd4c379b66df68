#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/template_engine/template.hpp"

namespace notify::template_engine {

/// The files of a template folder, or partials and layouts, by name: text.
using TemplateFiles = std::map<std::string, std::string, std::less<>>;

/// One file of a template folder that renders to something.
struct ChannelFile {
  std::string_view file;          ///< `in_app.yaml.hbs`
  std::string_view channel;       ///< `in_app`
  Escape escape = Escape::kNone;  ///< What its variables are escaped for.
  enum class Role : std::uint8_t {
    kYaml,     ///< Renders to YAML with `title`, `body` and, if it likes, `data`.
    kJson,     ///< Renders to JSON, which is the body.
    kBody,     ///< Renders to the body.
    kSubject,  ///< Renders to the title.
    kText,     ///< Renders to the plain text beside the body.
  } role = Role::kBody;
  std::string_view content_type;  ///< Of the body.
};

/// All files that a template folder may hold for its channels.
std::span<const ChannelFile> ChannelFiles();

/// What `template.yaml` says.
struct TemplateAbout {
  std::string id;
  std::string name;
  std::string description;
  std::string category;
  std::vector<std::string> channels;  ///< Empty: those that have a file.
};

/// Reads `template.yaml`. kInvalidTemplate: not YAML, an unknown key (with the nearest known one),
/// a wrong type, no `id`.
TemplateResult<TemplateAbout> ParseTemplateAbout(std::string_view yaml);

/// One notification for one channel.
struct RenderedNotification {
  std::string title;  ///< One line, without control characters; empty where there is none.
  std::string body;
  std::string text;          ///< The plain text of a message whose body is HTML; else empty.
  std::string data_json;     ///< The JSON of `data`; empty where there is none.
  std::string content_type;  ///< Of `body`.
};

/// What a render of a notification may be told.
struct NotificationOptions {
  Missing missing = Missing::kError;
  Limits limits;
};

/// A template folder, compiled: for each channel its files. No I/O: the caller reads the files.
///
/// Lifetime: independent of the maps that it was compiled from.
/// Threads:  immutable, any thread.
class NotificationTemplate {
 public:
  /// `files` are the folder's own, `partials` what `{{> name}}` may name. Entries below
  /// `locales/`, `samples/` and `golden/` are skipped.
  ///
  /// kInvalidTemplate  an unknown file (with the nearest known one), no file for any channel, a
  ///                   channel of `template.yaml` without a file, a syntax error, a partial that
  ///                   nobody defines.
  static TemplateResult<NotificationTemplate> Compile(const TemplateFiles& files,
                                                      const TemplateFiles& partials = {});

  /// Empty where the folder has no `template.yaml`.
  const TemplateAbout& about() const { return about_; }
  /// The channels that it can render for, sorted.
  std::vector<std::string> Channels() const;

  /// Renders for one channel. `data` is the object of `templates/README.md`: `event`, `data`,
  /// `tenant`, `user`, `rule`.
  ///
  /// kInvalidTemplate  the template has nothing for that channel.
  /// kTemplateData     `data` is no object; what `Render` says; the output is not what the file's
  ///                   type promises.
  TemplateResult<RenderedNotification> Render(std::string_view channel, const Value& data,
                                              const NotificationOptions& options = {}) const;
  TemplateResult<RenderedNotification> Render(std::string_view channel, const nlohmann::json& data,
                                              const NotificationOptions& options = {}) const;

  /// The output of one file (`webhook.json.hbs`) as it is, not yet taken apart: for previews and
  /// golden files. Errors as of `Render`, but the output's type is not checked.
  TemplateResult<std::string> RenderFile(std::string_view file, const Value& data,
                                         const NotificationOptions& options = {}) const;
  /// The files that it can render, sorted.
  std::vector<std::string> Files() const;

 private:
  struct Part {
    const ChannelFile* kind = nullptr;
    Template compiled;
  };

  NotificationTemplate() = default;
  TemplateResult<std::string> RenderPart(const Part& part, const Value& data,
                                         const NotificationOptions& options) const;
  std::optional<TemplateError> Add(const std::string& file, const std::string& text);
  std::optional<TemplateError> CheckPartials() const;
  std::optional<TemplateError> CheckChannels() const;

  TemplateAbout about_;
  Partials partials_;
  std::vector<Part> parts_;
};

}  // namespace notify::template_engine
