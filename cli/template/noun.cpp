#include "cli/template/noun.hpp"

#include "cli/template/get.hpp"
#include "cli/template/list.hpp"
#include "cli/template/preview.hpp"
#include "cli/template/push.hpp"
#include "cli/template/render.hpp"

namespace notify::cli::templates {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("template", "Templates: preview, render and push what notifications say",
                        {"templates", "tpl"});
  AddTemplatePreview(noun, factory, RunTemplatePreview);
  AddTemplateRender(noun, factory, RunTemplateRender);
  AddTemplateList(noun, factory, RunTemplateList);
  AddTemplateGet(noun, factory, RunTemplateGet);
  AddTemplatePush(noun, factory, RunTemplatePush);
}

}  // namespace notify::cli::templates
