#include "agent/ingress/rest/helping_command.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace notify::agent::ingress::rest {
namespace {

struct Helping {
  Errc code;
  std::string_view command;
};

constexpr std::string_view kMakesAKey =
    "`notifyctl key create --tenant TENANT --role ROLE` makes a key.";
constexpr std::string_view kListsTenants =
    "`notifyctl tenant list` shows the tenants and their states.";
constexpr std::string_view kPrintsConfig =
    "`notifyd --print-config` shows what is configured, and where.";

constexpr std::array kHelping = {
    Helping{Errc::kUnauthenticated, kMakesAKey},
    Helping{Errc::kTokenExpired, kMakesAKey},
    Helping{Errc::kTokenInvalid, kMakesAKey},
    Helping{Errc::kTenantMismatch, kListsTenants},
    Helping{Errc::kTenantNotFound, kListsTenants},
    Helping{Errc::kTenantSuspended, kListsTenants},
    Helping{Errc::kIssuerNotAllowed, kPrintsConfig},
    Helping{Errc::kOriginNotAllowed, kPrintsConfig},
    Helping{Errc::kFeatureDisabled, kPrintsConfig},
    Helping{Errc::kTypeReserved,
            "Use a type of your own: notifyctl event publish --type order.paid"},
    Helping{Errc::kNotFound,
            "`notifyctl --help` lists the commands; their `list` shows what there is."}};

std::string_view CommandFor(Errc code) {
  const auto* const found = std::ranges::find(kHelping, code, &Helping::code);
  if (found != kHelping.end()) return found->command;
  return "`notifyctl doctor` shows the credential in use and what it may.";
}

}  // namespace

void NameHelpingCommand(Error& error) {
  const int status = Describe(error.code).http_status;
  if (status != 401 && status != 403 && status != 404) return;
  if (error.hint.find("notifyctl ") != std::string::npos) return;
  if (error.hint.find("notifyd ") != std::string::npos) return;
  if (!error.hint.empty()) {
    if (error.hint.back() != '.') error.hint += '.';
    error.hint += ' ';
  }
  error.hint += CommandFor(error.code);
}

}  // namespace notify::agent::ingress::rest
