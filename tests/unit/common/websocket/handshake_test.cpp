#include "common/websocket/handshake.hpp"

#include <gtest/gtest.h>

namespace notify::websocket {
namespace {

constexpr std::string_view kRfcKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kRfcAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

UpgradeRequest GoodRequest() {
  return {"GET", true, "keep-alive, Upgrade", "websocket", kRfcKey, "13"};
}

UpgradeResponse GoodResponse() { return {101, "Upgrade", "WebSocket", kRfcAccept}; }

class CountingRandom : public Random {
 public:
  void Fill(std::span<std::byte> out) override {
    for (auto& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  int next_ = 0;
};

TEST(AcceptKey, IsWhatTheRfcShows) { EXPECT_EQ(AcceptKey(kRfcKey), kRfcAccept); }

TEST(Key, IsSixteenBytesInBase64) {
  EXPECT_TRUE(IsValidKey(kRfcKey));
  EXPECT_FALSE(IsValidKey(""));
  EXPECT_FALSE(IsValidKey("dGhlIHNhbXBsZSBub25jZQ="));
  EXPECT_FALSE(IsValidKey("SGVsbG8sIHdvcmxkIQ=="));
  EXPECT_FALSE(IsValidKey("dGhlIHNhbXBsZSBub25j!Q=="));
}

TEST(Key, MadeByAClientIsValidAndFresh) {
  CountingRandom random;
  const auto first = MakeKey(random);
  EXPECT_TRUE(IsValidKey(first));
  EXPECT_NE(first, MakeKey(random));
}

TEST(Upgrade, IsAcceptedWithTheKeysAnswer) {
  const auto answer = AnswerUpgrade(GoodRequest());
  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.accept, kRfcAccept);
}

TEST(Upgrade, ReadsTokensWhateverTheirCaseAndPlace) {
  auto request = GoodRequest();
  request.connection = "close,\tUPGRADE ";
  request.upgrade = "h2c, WebSocket";
  EXPECT_EQ(AnswerUpgrade(request).status, 101);
}

TEST(Upgrade, DoesNotTakeAPartOfATokenForIt) {
  auto request = GoodRequest();
  request.upgrade = "websockets";
  EXPECT_FALSE(AsksForWebSocket(request));
  EXPECT_EQ(AnswerUpgrade(request).status, 400);
}

TEST(Upgrade, NeedsGet) {
  auto request = GoodRequest();
  request.method = "POST";
  EXPECT_FALSE(AsksForWebSocket(request));
  EXPECT_EQ(AnswerUpgrade(request).status, 405);
}

TEST(Upgrade, NeedsHttp11) {
  auto request = GoodRequest();
  request.http_1_1 = false;
  EXPECT_EQ(AnswerUpgrade(request).status, 400);
}

TEST(Upgrade, NeedsTheConnectionHeader) {
  auto request = GoodRequest();
  request.connection = "keep-alive";
  EXPECT_TRUE(AsksForWebSocket(request));
  EXPECT_EQ(AnswerUpgrade(request).status, 400);
}

TEST(Upgrade, NamesTheVersionThatItSpeaks) {
  auto request = GoodRequest();
  request.sec_websocket_version = "8";
  EXPECT_EQ(AnswerUpgrade(request).status, 426);
}

TEST(Upgrade, NeedsAValidKey) {
  auto request = GoodRequest();
  request.sec_websocket_key = "short";
  EXPECT_EQ(AnswerUpgrade(request).status, 400);
}

TEST(UpgradeResponse, IsGoodWithTheKeysAnswer) {
  EXPECT_TRUE(CheckUpgradeResponse(GoodResponse(), kRfcKey));
}

TEST(UpgradeResponse, NamesTheStatusOfARefusal) {
  auto response = GoodResponse();
  response.status = 404;
  const auto status = CheckUpgradeResponse(response, kRfcKey);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().detail.find("404"), std::string::npos);
}

TEST(UpgradeResponse, IsRefusedWithoutUpgradeOrWithAnotherKeysAnswer) {
  auto plain = GoodResponse();
  plain.upgrade = "";
  EXPECT_FALSE(CheckUpgradeResponse(plain, kRfcKey));
  EXPECT_FALSE(CheckUpgradeResponse(GoodResponse(), "AAAAAAAAAAAAAAAAAAAAAA=="));
}

}  // namespace
}  // namespace notify::websocket
