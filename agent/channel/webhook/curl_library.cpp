#include "agent/channel/webhook/curl_library.hpp"

#include <dlfcn.h>

#include <optional>

namespace notify::agent::channel {
namespace {

template <typename Function>
bool Take(void* library, const char* name, Function& into) {
  into = reinterpret_cast<Function>(dlsym(library, name));
  return into != nullptr;
}

std::optional<CurlLibrary> Load() {
  void* const from = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (from == nullptr) return std::nullopt;
  CurlLibrary curl;
  const bool whole = Take(from, "curl_global_init", curl.global_init) &&
                     Take(from, "curl_easy_init", curl.easy_init) &&
                     Take(from, "curl_easy_cleanup", curl.easy_cleanup) &&
                     Take(from, "curl_easy_setopt", curl.easy_setopt) &&
                     Take(from, "curl_easy_getinfo", curl.easy_getinfo) &&
                     Take(from, "curl_easy_strerror", curl.easy_strerror) &&
                     Take(from, "curl_multi_init", curl.multi_init) &&
                     Take(from, "curl_multi_cleanup", curl.multi_cleanup) &&
                     Take(from, "curl_multi_add_handle", curl.multi_add_handle) &&
                     Take(from, "curl_multi_remove_handle", curl.multi_remove_handle) &&
                     Take(from, "curl_multi_perform", curl.multi_perform) &&
                     Take(from, "curl_multi_info_read", curl.multi_info_read) &&
                     Take(from, "curl_multi_poll", curl.multi_poll) &&
                     Take(from, "curl_multi_wakeup", curl.multi_wakeup) &&
                     Take(from, "curl_slist_append", curl.slist_append) &&
                     Take(from, "curl_slist_free_all", curl.slist_free_all);
  if (!whole || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return std::nullopt;
  return curl;
}

}  // namespace

const CurlLibrary* FindCurl() {
  static const std::optional<CurlLibrary> curl = Load();
  return curl ? &*curl : nullptr;
}

}  // namespace notify::agent::channel
