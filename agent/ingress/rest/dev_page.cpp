#include "agent/ingress/rest/dev_page.hpp"

#include <fstream>
#include <iterator>

#include "agent/ingress/rest/dev_page_html.hpp"

namespace notify::agent::ingress {
namespace {

constexpr std::string_view kInstall = "Run `./dev setup` in the checkout and start notifyd again.";

}  // namespace

DevPage::DevPage(const std::vector<std::string>& bundles) {
  for (const std::string& path : bundles) {
    std::ifstream file(path, std::ios::binary);
    if (!file) continue;
    bundle_.assign(std::istreambuf_iterator<char>(file), {});
    if (!bundle_.empty()) return;
  }
}

Response DevPage::Page() const {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = DevPageHtml();
  // What an event says is text everywhere in the page; this holds even if it were not.
  response.headers = {{"Content-Security-Policy",
                       "default-src 'none'; script-src 'self' 'unsafe-inline'; "
                       "style-src 'unsafe-inline'; connect-src 'self' ws: wss:; "
                       "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cache-Control", "no-store"}};
  return response;
}

Result<Response> DevPage::Script() const {
  if (bundle_.empty()) {
    return Fail(Errc::kNotFound, "The stock client's bundle is not installed.",
                std::string(kInstall));
  }
  Response response;
  response.content_type = "text/javascript; charset=utf-8";
  response.body = bundle_;
  response.headers = {{"Cache-Control", "max-age=3600"}};
  return response;
}

}  // namespace notify::agent::ingress
