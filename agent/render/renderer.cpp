#include "agent/render/renderer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace notify::agent::render {
namespace {

using nlohmann::json;
using template_engine::NotificationTemplate;

// What templates see (templates/README.md).
json TemplateData(const TenantHandle& tenant, const RenderRequest& request, const json& envelope) {
  json data = {{"event", envelope}, {"data", json::object()}};
  data["event"].erase("data");
  if (const auto own = envelope.find("data"); own != envelope.end()) data["data"] = *own;
  const std::string& name = tenant.record().name;
  data["tenant"] = {{"id", tenant.id().text()}, {"name", name.empty() ? tenant.id().text() : name}};
  data["rule"] = {{"id", request.rule}};
  data["user"] = json::object();
  constexpr std::string_view kUser = "user:";
  if (request.recipient.starts_with(kUser)) {
    data["user"] = {{"id", request.recipient.substr(kUser.size())}};
  }
  return data;
}

nlohmann::ordered_json EventOf(const json& envelope) {
  if (!envelope.contains("sequence")) return nullptr;
  nlohmann::ordered_json event;
  for (const auto* name : {"epoch", "sequence", "id", "type"}) {
    if (const auto member = envelope.find(name); member != envelope.end()) event[name] = *member;
  }
  return event;
}

Rendered Present(const RenderRequest& request, std::int64_t version, const json& envelope,
                 template_engine::RenderedNotification rendered) {
  const bool is_json = rendered.content_type == "application/json";
  const std::string& data_text = is_json ? rendered.body : rendered.data_json;
  auto data = data_text.empty() ? nlohmann::ordered_json()
                                : nlohmann::ordered_json::parse(data_text, nullptr, false);
  if (data.is_discarded()) data = nullptr;
  nlohmann::ordered_json shown = {{"id", request.notification},
                                  {"event", EventOf(envelope)},
                                  {"rule", request.rule},
                                  {"template", request.template_id},
                                  {"templateVersion", version},
                                  {"channel", request.channel},
                                  {"recipient", request.recipient},
                                  {"title", rendered.title},
                                  {"body", is_json ? std::string() : rendered.body},
                                  {"data", std::move(data)}};
  if (request.test) shown["test"] = true;
  return {shown.dump(-1, ' ', false, json::error_handler_t::replace), std::move(rendered.title),
          std::move(rendered.body)};
}

}  // namespace

Result<StoredTemplate> Renderer::Find(store::Database& state, std::string_view id) const {
  auto own = TemplateStore(state).Get(id);
  if (own || own.error().code != Errc::kNotFound) return own;
  const auto shipped = base_.templates.find(id);
  if (shipped == base_.templates.end()) return own;
  return shipped->second;
}

Result<std::vector<StoredTemplate>> Renderer::List(store::Database& state) const {
  auto all = TemplateStore(state).List();
  if (!all) return all;
  for (const auto& [id, shipped] : base_.templates) {
    if (std::ranges::find(*all, id, &StoredTemplate::id) == all->end()) all->push_back(shipped);
  }
  std::ranges::sort(*all, {}, &StoredTemplate::id);
  return all;
}

std::vector<template_engine::TemplateError> Renderer::Check(const StoredTemplate& stored) const {
  const auto compiled = NotificationTemplate::Compile(stored.files, base_.partials);
  if (!compiled) return {compiled.error()};
  if (!compiled->about().id.empty() && compiled->about().id != stored.id) {
    return {{.detail = "the id in template.yaml is not " + stored.id,
             .template_name = "template.yaml"}};
  }
  return {};
}

Result<Renderer::Compiled> Renderer::Compile(const TenantHandle& tenant,
                                             const StoredTemplate& stored) {
  const TenantId owner = stored.version == 0 ? TenantId() : tenant.id();
  const auto known = std::ranges::find_if(compiled_, [&](const Compiled& one) {
    return one.id == stored.id && one.version == stored.version && one.tenant == owner;
  });
  if (known != compiled_.end()) {
    compiled_.splice(compiled_.begin(), compiled_, known);
    return compiled_.front();
  }
  auto program = NotificationTemplate::Compile(stored.files, base_.partials);
  if (!program) return program.error().ToError();
  compiled_.push_front({owner, stored.id, stored.version,
                        std::make_shared<const NotificationTemplate>(std::move(*program))});
  if (compiled_.size() > kMostCompiled) compiled_.pop_back();
  return compiled_.front();
}

Result<Rendered> Renderer::Render(store::Database& state, const TenantHandle& tenant,
                                  const RenderRequest& request, const json& envelope) {
  auto stored = Find(state, request.template_id);
  if (!stored) return stored.error();
  if (!stored->active) {
    return Fail(Errc::kNotFound, "The template " + stored->id + " is switched off.");
  }
  auto compiled = Compile(tenant, *stored);
  if (!compiled) return compiled.error();
  const auto begun = clock_.Now();
  auto rendered =
      compiled->program->Render(request.channel, TemplateData(tenant, request, envelope));
  metrics_.render_seconds.For().Observe(clock_.Now() - begun);
  if (!rendered) {
    Error error = rendered.error().ToError();
    error.detail = "Template " + stored->id + ": " + error.detail;
    return error;
  }
  return Present(request, stored->version, envelope, std::move(*rendered));
}

}  // namespace notify::agent::render
