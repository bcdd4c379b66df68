#include "common/websocket/deflate_offer.hpp"

#include <gtest/gtest.h>

namespace notify::websocket {
namespace {

constexpr std::string_view kAgreed =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

// The header of the answer; `plain` or `malformed` where there is none.
std::string Answer(std::string_view offers, int window_bits = 12) {
  const auto answer = AnswerDeflateOffer(offers, window_bits);
  if (answer.kind == DeflateAnswer::Kind::kPlain) return "plain";
  if (answer.kind == DeflateAnswer::Kind::kMalformed) return "malformed";
  return answer.header;
}

// Whether a client of ours takes the server's answer: `deflate`, `plain` or `refused`.
std::string Check(std::string_view answer) {
  const auto checked = CheckDeflateAnswer(answer);
  if (!checked) return "refused";
  return *checked ? "deflate" : "plain";
}

TEST(DeflateOffer, IsAcceptedWithMessagesThatStandAlone) {
  EXPECT_EQ(Answer("permessage-deflate"), kAgreed);
  EXPECT_EQ(Answer("permessage-deflate; client_max_window_bits"), kAgreed);
  EXPECT_EQ(Answer(kAgreed), kAgreed);
}

TEST(DeflateOffer, BoundsTheClientsWindowOnlyByItself) {
  for (const std::string_view bound : {"=8", "=9", "=\"12\"", "=15", ""}) {
    EXPECT_EQ(Answer("permessage-deflate; client_max_window_bits" + std::string(bound)), kAgreed);
  }
}

TEST(DeflateOffer, HasItsBoundOnOurWindowAnsweredWithTheWindowThatWeUse) {
  const std::string ours = std::string(kAgreed) + "; server_max_window_bits=12";
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=12"), ours);
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=\"15\""), ours);
}

TEST(DeflateOffer, IsPassedOverWhereItsBoundOnOurWindowIsTooSmall) {
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=11"), "plain");
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=8", 9), "plain");
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=9", 9),
            std::string(kAgreed) + "; server_max_window_bits=9");
}

TEST(DeflateOffer, FallsBackToTheNextThatCanBeKept) {
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits=9, permessage-deflate"), kAgreed);
  EXPECT_EQ(Answer("x-webkit-deflate-frame, permessage-deflate; new_thing, "
                   "permessage-deflate; server_max_window_bits=13"),
            std::string(kAgreed) + "; server_max_window_bits=12");
}

TEST(DeflateOffer, OfAnotherExtensionIsNotForUs) {
  EXPECT_EQ(Answer(""), "plain");
  EXPECT_EQ(Answer("permessage-bzip2; client_max_window_bits"), "plain");
  EXPECT_EQ(Answer("permessage-deflated"), "plain");
}

TEST(DeflateOffer, IsDeclinedForAnUnknownParameterOrOneThatComesTwice) {
  for (const std::string_view bad :
       {"level=9", "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits=15; server_max_window_bits=15",
        "client_max_window_bits; client_max_window_bits=15"}) {
    EXPECT_EQ(Answer("permessage-deflate; " + std::string(bad)), "plain") << bad;
  }
}

TEST(DeflateOffer, IsDeclinedForAValueThatAParameterMayNotHave) {
  for (const std::string_view bad :
       {"server_no_context_takeover=1", "client_no_context_takeover=true", "server_max_window_bits",
        "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=012",
        "server_max_window_bits=+12", "client_max_window_bits=7", "client_max_window_bits=08",
        "client_max_window_bits=150", "client_max_window_bits=x"}) {
    EXPECT_EQ(Answer("permessage-deflate; " + std::string(bad)), "plain") << bad;
  }
}

TEST(DeflateOffer, ThatCannotBeReadFailsTheUpgrade) {
  EXPECT_EQ(Answer("permessage-deflate; server_max_window_bits="), "malformed");
  EXPECT_EQ(Answer("permessage-deflate, ;"), "malformed");
}

TEST(DeflateAnswer, IsTakenByAClientWithWhatItOffered) {
  EXPECT_EQ(Check(""), "plain");
  EXPECT_EQ(Check(kAgreed), "deflate");
  EXPECT_EQ(Check("permessage-deflate; server_no_context_takeover"), "deflate");
  EXPECT_EQ(Check(std::string(kAgreed) + "; server_max_window_bits=8"), "deflate");
}

TEST(DeflateAnswer, OfTheServerIsTakenByTheClient) {
  EXPECT_EQ(Check(Answer(kDeflateOffer)), "deflate");
  EXPECT_EQ(Check(Answer(std::string(kDeflateOffer) + "; server_max_window_bits=12")), "deflate");
}

TEST(DeflateAnswer, WithWhatWasNotOfferedIsRefused) {
  for (const std::string_view bad :
       {"permessage-bzip2", "permessage-deflate", "permessage-deflate; client_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; client_max_window_bits=12",
        "permessage-deflate; server_no_context_takeover; level=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits",
        "permessage-deflate; server_no_context_takeover, foo", "permessage-deflate;"}) {
    EXPECT_EQ(Check(bad), "refused") << bad;
  }
}

}  // namespace
}  // namespace notify::websocket
