#include "agent/eventlog/blocks/block.hpp"

#include <gtest/gtest.h>

#include "agent/eventlog/blocks/block_sealer.hpp"
#include "agent/store/aead.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::eventlog {
namespace {

BlockHeader Header() {
  BlockHeader header;
  header.epoch = Epoch{5};
  header.first = Sequence{7};
  header.total = 3;
  header.accepted = 2;
  header.skipped = {false, true, false};
  return header;
}

std::string Block(std::string payload = "payload") {
  return EncodeBlock(EncodeHeader(Header()), std::string(28, 's'), payload);
}

TEST(Block, ReadsBackWhatItWrote) {
  const std::string bytes = Block();
  const auto block = DecodeBlock(bytes);
  ASSERT_TRUE(block.has_value()) << block.error().detail;
  EXPECT_EQ(block->header.first, Sequence{7});
  EXPECT_EQ(block->header.last(), Sequence{8});
  EXPECT_EQ(block->header.skipped, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(block->payload, "payload");
}

TEST(Block, OnlyABlockWithVersionsOfStreamsIsOfTheNewerFormat) {
  const auto format = [](const std::string& bytes) { return static_cast<int>(bytes[4]); };
  EXPECT_EQ(format(Block()), 1);
  BlockHeader header = Header();
  header.first_versions = {7, 1};
  const std::string bytes = EncodeBlock(EncodeHeader(header), std::string(28, 's'), "payload");
  EXPECT_EQ(format(bytes), 2);
  const auto block = DecodeBlock(bytes);
  ASSERT_TRUE(block.has_value()) << block.error().detail;
  EXPECT_EQ(block->header.first_versions, (std::vector<std::uint64_t>{7, 1}));
  EXPECT_EQ(block->header.skipped, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(block->payload, "payload");
}

TEST(Block, MoreStreamsThanEventsAreDamage) {
  BlockHeader header = Header();
  header.first_versions = {1, 1, 1};
  EXPECT_FALSE(
      DecodeBlock(EncodeBlock(EncodeHeader(header), std::string(28, 's'), "payload")).has_value());
}

TEST(Block, EveryFlippedBitIsFound) {
  const std::string bytes = Block();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(DecodeBlock(damaged).has_value()) << bit;
  }
}

TEST(Block, EveryTruncationIsFound) {
  const std::string bytes = Block();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeBlock(std::string_view(bytes).substr(0, size)).has_value()) << size;
  }
}

class SealedBlockTest : public ::testing::Test {
 protected:
  std::string Stored(std::uint64_t first) {
    EventBatch events;
    events.offsets.push_back(0);
    EventView event;
    event.id = "1";
    event.type = "a.b";
    AppendRecord(events.records, event);
    BlockHeader header;
    header.epoch = tenant_.record().epoch;
    header.first = Sequence{first};
    header.total = header.accepted = 1;
    header.key_id = 1;
    header.records_bytes = static_cast<std::uint32_t>(events.records.size());
    const std::string bytes = EncodeHeader(header);
    std::string payload = PayloadOf(events.records);
    return EncodeBlock(bytes, sealer_.SealHeader(tenant_, bytes, payload), payload);
  }

  std::string PayloadOf(std::string_view records) {
    store::Aead aead(tenant_.record().data_key);
    std::string payload;
    aead.Seal(random_, "notify.block.payload/1\nblue\n1", records, payload);
    return payload;
  }

  testing_support::SeededRandom random_;
  TenantHandle tenant_ = testing_support::TestTenant("blue", "/blue");
  BlockSealer sealer_{random_};
};

TEST_F(SealedBlockTest, OpensAsTheFormatDocumentSays) {
  const auto batch = sealer_.Open(tenant_, Stored(9));
  ASSERT_TRUE(batch.has_value()) << batch.error().detail;
  EXPECT_EQ((*batch)->first, Sequence{9});
}

TEST_F(SealedBlockTest, EffortMakesABlockSmaller) {
  EventBatch events;
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) {
    // What repeats is found at any level, digits only by their coding.
    texts.push_back("{\"amount\":" + std::to_string(random_.Next()) +
                    ",\"rate\":" + std::to_string(random_.Next()) + "}");
    EventView event;
    const std::string id = std::to_string(i);
    event.id = id;
    event.type = "a.b";
    event.data_kind = DataKind::kJson;
    event.data = texts.back();
    events.offsets.push_back(static_cast<std::uint32_t>(events.records.size()));
    AppendRecord(events.records, event);
  }
  const std::vector<bool> keyed(events.size());
  const auto bytes = [&](BlockSealer::Effort effort) {
    return sealer_.Seal(tenant_, events, keyed, {}, effort).stored_bytes();
  };
  EXPECT_LT(bytes(BlockSealer::Effort::kSmall) * 5, bytes(BlockSealer::Effort::kFast) * 4);
}

TEST_F(SealedBlockTest, AnotherBlocksPayloadUnderThisHeaderIsRefused) {
  const std::string mine = Stored(9);
  const std::string other = Stored(10);
  const auto one = DecodeBlock(mine);
  const auto two = DecodeBlock(other);
  EXPECT_FALSE(sealer_.Open(tenant_, EncodeBlock(one->header_bytes, one->header_seal, two->payload))
                   .has_value());
}

TEST_F(SealedBlockTest, ARenumberedHeaderIsRefused) {
  const std::string mine = Stored(9);
  auto block = DecodeBlock(mine);
  block->header.first = Sequence{100};
  const std::string renumbered = EncodeHeader(block->header);
  EXPECT_FALSE(sealer_.Open(tenant_, EncodeBlock(renumbered, block->header_seal, block->payload))
                   .has_value());
}

TEST_F(SealedBlockTest, ATenantMadeAgainUnderANameHasKeysOfItsOwn) {
  ASSERT_TRUE(sealer_.Open(tenant_, Stored(9)).has_value());
  auto again = testing_support::TenantRecordOf("blue", "/blue", 2000);
  again.data_key = Secret(std::string(32, 'n'));
  const TenantHandle reborn = testing_support::TenantHandleOf(std::move(again));
  EXPECT_FALSE(sealer_.Open(reborn, Stored(9)).has_value());
  EXPECT_NE(sealer_.IdKey(reborn, "e"), sealer_.IdKey(tenant_, "e"));
}

}  // namespace
}  // namespace notify::agent::eventlog
