#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_handle.hpp"
#include "agent/render/base_templates.hpp"
#include "agent/render/template_store.hpp"
#include "agent/telemetry/metrics.hpp"
#include "common/clock.hpp"

namespace notify::agent::render {

/// What is to be rendered, and what the result says about itself.
struct RenderRequest {
  std::string notification;  ///< Its id.
  std::string rule;
  std::string template_id;
  std::string channel;
  std::string recipient;  ///< `tenant`, `user:alice`, an URL.
  bool test = false;      ///< Marks the result `"test": true`.
};

/// A notification for one recipient and channel.
struct Rendered {
  std::string json;  ///< `{id, event, rule, template, templateVersion, channel, recipient, …}`
  std::string title;
  std::string body;
};

/// Renders notifications by the tenant's templates, and those of the program under them. Compiled
/// templates are kept by tenant, template and version, at most kMostCompiled of them.
///
/// Lifetime: as the agent; `metrics` and `clock` outlive it.
/// Threads:  the platform executor.
class Renderer {
 public:
  static constexpr std::size_t kMostCompiled = 256;

  Renderer(BaseTemplates base, const telemetry::Metrics& metrics, const Clock& clock)
      : base_(std::move(base)), metrics_(metrics), clock_(clock) {}

  /// Renders for `envelope`, an event with its data (or, for a request, what stands for one).
  ///
  /// kNotFound         there is no such template, or it is switched off.
  /// kInvalidTemplate  it has nothing for the channel.
  /// kTemplateData     the event does not have what the template shows.
  Result<Rendered> Render(store::Database& state, const TenantHandle& tenant,
                          const RenderRequest& request, const nlohmann::json& envelope);

  /// The tenant's template, else the program's. kNotFound.
  Result<StoredTemplate> Find(store::Database& state, std::string_view id) const;
  /// The tenant's templates and those of the program that it does not replace, by id.
  Result<std::vector<StoredTemplate>> List(store::Database& state) const;

  /// What is wrong with a template's files; empty where nothing is.
  std::vector<template_engine::TemplateError> Check(const StoredTemplate& stored) const;

 private:
  struct Compiled {
    TenantId tenant;  ///< Empty: the program's.
    std::string id;
    std::int64_t version = 0;
    // Shared with a render under way, while the cache may let it go.
    std::shared_ptr<const template_engine::NotificationTemplate> program;
  };

  Result<Compiled> Compile(const TenantHandle& tenant, const StoredTemplate& stored);

  const BaseTemplates base_;
  const telemetry::Metrics& metrics_;
  const Clock& clock_;
  std::list<Compiled> compiled_;  // The last used first.
};

}  // namespace notify::agent::render
