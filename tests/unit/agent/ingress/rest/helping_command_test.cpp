#include "agent/ingress/rest/helping_command.hpp"

#include <gtest/gtest.h>

namespace notify::agent::ingress::rest {
namespace {

std::string HintOf(Errc code, std::string hint = {}) {
  Error error = Fail(code, "It did not work.", std::move(hint));
  NameHelpingCommand(error);
  return error.hint;
}

TEST(HelpingCommand, IsNamedByEvery401And403And404) {
  for (const ErrcInfo& row : AllErrcs()) {
    const bool named = HintOf(row.code).find("notify") != std::string::npos;
    const bool wanted = row.http_status == 401 || row.http_status == 403 || row.http_status == 404;
    EXPECT_EQ(named, wanted) << row.name;
  }
}

TEST(HelpingCommand, StaysWhereTheHintNamesOne) {
  EXPECT_EQ(HintOf(Errc::kNotFound, "notifyctl key list"), "notifyctl key list");
  EXPECT_EQ(HintOf(Errc::kForbidden, "notifyd --print-config"), "notifyd --print-config");
}

TEST(HelpingCommand, FollowsWhatTheHintSays) {
  EXPECT_EQ(HintOf(Errc::kIssuerNotAllowed, "Add the tenant"),
            "Add the tenant. `notifyd --print-config` shows what is configured, and where.");
}

}  // namespace
}  // namespace notify::agent::ingress::rest
