// What one event of a batch costs on its way into the log, stage by stage: 1,000 events of some 235
// bytes, as `notifyctl bench ingest` sends them. Every figure is for one event.
#include <benchmark/benchmark.h>
#include <zstd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/async/asio/posix_file.hpp"
#include "agent/eventlog/blocks/block_sealer.hpp"
#include "agent/eventlog/blocks/crc32c.hpp"
#include "agent/eventlog/blocks/siphash.hpp"
#include "agent/eventlog/duplicates.hpp"
#include "agent/eventlog/journal/journal_commit_log.hpp"
#include "agent/store/aead.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tenants.hpp"

namespace {

using notify::EventParser;
using notify::ParsedEvents;
using notify::agent::eventlog::BlockSealer;

constexpr int kEvents = 1000;

std::string Digits(std::uint64_t number, std::size_t count) {
  std::string text = std::to_string(number % 1'000'000'000'000);
  return std::string(count - std::min(count, text.size()), '0') + text;
}

/// A quote an event, with figures that no two have in common.
std::string Lines(bool ids) {
  std::string lines;
  notify::Random& random = notify::SystemRandom();
  for (int i = 0; i < kEvents; ++i) {
    lines += R"({"type":"fx.quote.created",)";
    if (ids) lines += R"("id":"quote-)" + Digits(random.Next(), 12) + R"(",)";
    lines += R"("subject":"USD/EUR","data":{"quoteId":"q-)" + Digits(random.Next(), 12) +
             R"(","fromCurrency":"USD","toCurrency":"EUR","amount":)" +
             std::to_string(random.Next() % 1'000'000) + R"(.25,"rate":0.)" +
             Digits(random.Next() % 10'000, 4) + R"(,"fee":1.5,"customer":{"id":"c-)" +
             Digits(random.Next() % 100'000, 6) + R"(","tier":"gold"},"source":"H.10"}})" + "\n";
  }
  return lines;
}

ParsedEvents Parsed(bool ids) {
  EventParser parser(notify::SystemClock(), notify::SystemRandom(), {});
  std::string body = Lines(ids);
  return *parser.ParseLines(body, {.tenant = "blue"});
}

const notify::agent::TenantHandle& Tenant() {
  static const notify::testing_support::TempDir folder;
  static const auto tenant = [] {
    std::filesystem::create_directories(folder.path() + "/log");
    return notify::testing_support::TestTenant("blue", folder.path());
  }();
  return tenant;
}

void PerEvent(benchmark::State& state, std::size_t bytes = 0) {
  using benchmark::Counter;
  state.counters["per_event"] = Counter(static_cast<double>(state.iterations()) * kEvents,
                                        Counter::kIsRate | Counter::kInvert);
  if (bytes != 0) state.counters["bytes"] = static_cast<double>(bytes) / kEvents;
}

void Parse(benchmark::State& state) {
  EventParser parser(notify::SystemClock(), notify::SystemRandom(), {});
  std::string body = Lines(state.range(0) != 0);
  for (auto _ : state) {
    auto parsed = parser.ParseLines(body, {.tenant = "blue"});
    if (!parsed || parsed->batch.size() != kEvents) std::abort();
    benchmark::DoNotOptimize(parsed);
  }
  PerEvent(state, body.size());
}

void CopyRecords(benchmark::State& state) {
  const ParsedEvents parsed = Parsed(false);
  for (auto _ : state) {
    std::string copy = parsed.batch.records;
    benchmark::DoNotOptimize(copy.data());
  }
  PerEvent(state, parsed.batch.records.size());
}

void Hash(benchmark::State& state) {
  const ParsedEvents parsed = Parsed(false);
  for (auto _ : state) {
    for (std::size_t i = 0; i < parsed.batch.size(); ++i) {
      const auto identity = notify::ReadRecordIdentity(parsed.batch.Record(i));
      benchmark::DoNotOptimize(notify::agent::eventlog::SipHash({1, 2}, identity->id));
    }
  }
  PerEvent(state);
}

void Compress(benchmark::State& state) {
  const ParsedEvents parsed = Parsed(false);
  const std::string& plain = parsed.batch.records;
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  std::size_t size = 0;
  for (auto _ : state) {
    size = ZSTD_compressCCtx(context, out.data(), out.size(), plain.data(), plain.size(),
                             static_cast<int>(state.range(0)));
  }
  ZSTD_freeCCtx(context);
  PerEvent(state, size);
}

void Encrypt(benchmark::State& state) {
  const std::string plain = Parsed(false).batch.records.substr(0, 100 * kEvents);
  notify::agent::store::Aead aead(Tenant().record().data_key);
  std::string out;
  for (auto _ : state) {
    out.clear();
    aead.Seal(notify::SystemRandom(), "context", plain, out);
  }
  PerEvent(state, plain.size());
}

void Checksum(benchmark::State& state) {
  const std::string plain = Parsed(false).batch.records.substr(0, 100 * kEvents);
  for (auto _ : state) benchmark::DoNotOptimize(notify::agent::eventlog::Crc32c(plain));
  PerEvent(state, plain.size());
}

/// Compress, encrypt and hash, as the thread that received the batch does.
void Seal(benchmark::State& state) {
  const ParsedEvents parsed = Parsed(state.range(0) != 0);
  BlockSealer sealer(notify::SystemRandom());
  for (auto _ : state) {
    notify::EventBatch batch = parsed.batch;
    benchmark::DoNotOptimize(sealer.Seal(Tenant(), std::move(batch), parsed.has_caller_id));
  }
  PerEvent(state);
}

/// A stored block of 1,000 events.
std::string Block(BlockSealer& sealer) {
  const ParsedEvents parsed = Parsed(false);
  const std::string& plain = parsed.batch.records;
  std::string compressed(ZSTD_compressBound(plain.size()), '\0');
  compressed.resize(
      ZSTD_compress(compressed.data(), compressed.size(), plain.data(), plain.size(), -1));
  notify::agent::eventlog::BlockHeader header;
  header.epoch = Tenant().record().epoch;
  header.first = notify::Sequence{1};
  header.total = header.accepted = kEvents;
  header.key_id = Tenant().record().key_id;
  header.records_bytes = static_cast<std::uint32_t>(plain.size());
  header.compressed = true;
  notify::agent::store::Aead aead(Tenant().record().data_key);
  std::string payload;
  aead.Seal(notify::SystemRandom(),
            "notify.block.payload/1\nblue\n" + std::to_string(header.key_id), compressed, payload);
  const std::string bytes = EncodeHeader(header);
  return notify::agent::eventlog::EncodeBlock(bytes, sealer.SealHeader(Tenant(), bytes, payload),
                                              payload);
}

void Open(benchmark::State& state) {
  BlockSealer sealer(notify::SystemRandom());
  const std::string block = Block(sealer);
  for (auto _ : state) {
    const auto opened = sealer.Open(Tenant(), block);
    if (!opened) std::abort();
    benchmark::DoNotOptimize(opened);
  }
  PerEvent(state, block.size());
}

void FindDuplicate(benchmark::State& state) {
  notify::agent::eventlog::Duplicates duplicates;
  notify::Random& random = notify::SystemRandom();
  std::uint64_t key = random.Next();
  std::uint64_t number = 0;
  for (auto _ : state) {
    for (int i = 0; i < kEvents; ++i) {
      key = key * 6364136223846793005ULL + 1442695040888963407ULL;
      benchmark::DoNotOptimize(duplicates.Find(key));
      duplicates.Insert(1, key, notify::Sequence{++number});
    }
  }
  PerEvent(state);
}

/// Blocks of 1,000 events made durable, `range` of them a commit.
void Commit(benchmark::State& state) {
  BlockSealer sealer(notify::SystemRandom());
  namespace eventlog = notify::agent::eventlog;
  notify::testing_support::TempDir folder;
  notify::agent::async::PosixFileSystem files;
  eventlog::JournalCommitLog log(files, {eventlog::JournalBase(folder.path(), 0, 1), 64 << 20}, 1,
                                 [](eventlog::FullGeneration) {});
  if (!log.Recover([](auto&&...) { return std::nullopt; })) std::abort();
  std::uint64_t next = 1;
  const std::string bytes = Block(sealer);
  std::int64_t events = 0;
  for (auto _ : state) {
    std::vector<notify::agent::eventlog::BlockToCommit> blocks;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      blocks.push_back({Tenant(), notify::Sequence{next}, notify::Sequence{next + kEvents - 1}, 1,
                        bytes, "", std::string(kEvents * 10 / 8, 'i')});
      next += kEvents;
      events += kEvents;
    }
    std::vector<notify::Error> why;
    // Nobody moves what is there, so a full journal begins again.
    if (!log.MakeRoom(2 * bytes.size() * blocks.size())) log.Release(log.generation() - 1);
    if (!log.MakeRoom(2 * bytes.size() * blocks.size())) std::abort();
    if (log.Commit(blocks, why).front() != notify::agent::eventlog::CommitOutcome::kDurable) {
      std::abort();
    }
  }
  using benchmark::Counter;
  state.counters["per_event"] =
      Counter(static_cast<double>(events), Counter::kIsRate | Counter::kInvert);
}

}  // namespace

BENCHMARK(Parse)->ArgName("ids")->Arg(0)->Arg(1);
BENCHMARK(CopyRecords);
BENCHMARK(Hash);
BENCHMARK(FindDuplicate)->Iterations(2000);
BENCHMARK(Compress)->ArgName("level")->Arg(1)->Arg(-1)->Arg(-3)->Arg(-5);
BENCHMARK(Encrypt);
BENCHMARK(Checksum);
BENCHMARK(Seal)->ArgName("ids")->Arg(0)->Arg(1);
BENCHMARK(Open);
BENCHMARK(Commit)->ArgName("blocks")->Arg(1)->Arg(4)->Arg(16)->UseRealTime();
