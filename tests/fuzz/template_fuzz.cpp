// A template and its data, separated by a line `---`: whatever the bytes, compile and render end,
// an error has a place, and a refused render leaves the output as it was.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/template_engine/data.hpp"
#include "common/template_engine/notification_template.hpp"
#include "common/template_engine/template.hpp"

namespace {

using namespace notify::template_engine;

constexpr std::string_view kSeparator = "\n---\n";
constexpr std::string_view kDefaultData =
    R"({"a":1,"b":[1,"<",null,{"c":"\"\n"}],"c":{"a":{"b":true}},"list":[[],[0,1]],"":"x"})";

void Require(bool holds) {
  if (!holds) std::abort();
}

RenderOptions OptionsOf(Missing missing, Escape escape, const Partials& partials) {
  RenderOptions options{.escape = escape, .missing = missing, .partials = &partials};
  options.limits.output_bytes = 64U << 10U;
  options.limits.steps = 20'000;
  options.limits.scratch_bytes = 256U << 10U;
  return options;
}

void RenderAllWays(const Template& compiled, const Value& data, const Partials& partials) {
  for (const Missing missing : {Missing::kError, Missing::kMarker, Missing::kEmpty}) {
    for (const Escape escape : {Escape::kHtml, Escape::kJson, Escape::kYaml}) {
      std::string out = "before";
      const auto done = Render(compiled, data, OptionsOf(missing, escape, partials), out);
      Require(out.size() <= 6 + (64U << 10U));
      if (done) continue;
      Require(out == "before");
      Require(done.error().line > 0 && done.error().column > 0 && !done.error().detail.empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::size_t cut = input.find(kSeparator);
  const std::string_view source = input.substr(0, cut);
  const std::string_view json =
      cut == input.npos ? kDefaultData : input.substr(cut + kSeparator.size());

  const CompileOptions options{.compat = size % 7 == 0};
  auto compiled = Template::Compile(source, "fuzz", options);
  if (!compiled) {
    Require(compiled.error().line > 0 && compiled.error().column > 0);
    Require(!compiled.error().detail.empty());
  }
  auto data = Data::Parse(json);
  if (!data) data = Data::ParseYaml(json);
  if (compiled && data) {
    Partials partials;
    partials.emplace("p", *compiled);
    partials.emplace("q", Template::Compile("[{{> @partial-block}}{{a}}]\n", "q").value());
    RenderAllWays(*compiled, data->value(), partials);
  }
  const auto notification = NotificationTemplate::Compile(
      {{"in_app.yaml.hbs", std::string(source)}, {"webhook.json.hbs", std::string(source)}});
  if (notification && data) {
    const NotificationOptions quick{.limits = {.output_bytes = 64U << 10U, .steps = 20'000}};
    for (const char* channel : {"in_app", "webhook"}) {
      const auto rendered = notification->Render(channel, data->value(), quick);
      if (rendered) Require(rendered->title.find_first_of("\r\n") == std::string::npos);
    }
  }
  return 0;
}
