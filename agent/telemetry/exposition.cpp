#include "agent/telemetry/exposition.hpp"

#include <array>
#include <charconv>
#include <span>
#include <string_view>

namespace notify::agent::telemetry {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

template <typename Number>
void AppendNumber(std::string& out, Number number) {
  std::array<char, 32> digits;
  out.append(digits.data(),
             std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void AppendEscaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

/// Writes the lines of one family.
class FamilyWriter {
 public:
  FamilyWriter(const FamilyInfo& family, std::string& out) : family_(family), out_(out) {
    out_.append("# HELP ").append(family.name).append(" ").append(family.help).append("\n");
    out_.append("# TYPE ").append(family.name).append(" ").append(TypeName(family.type));
    out_ += '\n';
  }

  template <typename Number>
  void Sample(std::span<const std::string> labels, Number value, std::string_view suffix = {},
              std::string_view le = {}) {
    out_.append(family_.name).append(suffix);
    char before = '{';
    for (std::size_t i = 0; i < labels.size(); ++i)
      AppendLabel(before, family_.labels[i], labels[i]);
    if (!le.empty()) AppendLabel(before, "le", le);
    if (before == ',') out_ += '}';
    out_ += ' ';
    AppendNumber(out_, value);
    out_ += '\n';
  }

  void Histogram(const Series& series, const Cells& cells) {
    const bool time = family_.type == FamilyType::kTimeHistogram;
    const BucketBounds& bounds = time ? kTimeBounds : kCountBounds;
    const auto cell = [&](std::size_t i) {
      return cells.Read(series.cell + static_cast<CellIndex>(i));
    };
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      std::string le;
      time ? AppendNumber(le, static_cast<double>(bounds[i]) / kNanosecondsPerSecond)
           : AppendNumber(le, bounds[i]);
      Sample(series.labels, count += cell(i), "_bucket", le);
    }
    count += cell(bounds.size());
    Sample(series.labels, count, "_bucket", "+Inf");
    const std::uint64_t sum = cell(kSumCell);
    time ? Sample(series.labels, static_cast<double>(sum) / kNanosecondsPerSecond, "_sum")
         : Sample(series.labels, sum, "_sum");
    // The sum of the buckets as they were read, so that it always equals the last of them.
    Sample(series.labels, count, "_count");
  }

 private:
  void AppendLabel(char& before, std::string_view name, std::string_view value) {
    out_ += before;
    out_.append(name).append("=\"");
    AppendEscaped(out_, value);
    out_ += '"';
    before = ',';
  }

  const FamilyInfo& family_;
  std::string& out_;
};

void WriteSeries(const FamilyInfo& family, const Registry& registry, FamilyWriter& writer) {
  const Cells& cells = registry.cells();
  const auto tenant = family.TenantLabel();
  for (const Series* series : registry.series(family.id).Sorted()) {
    if (!family.sums && tenant && series->labels[*tenant] == kOther) continue;
    if (family.IsHistogram()) {
      writer.Histogram(*series, cells);
    } else if (family.type == FamilyType::kGauge) {
      writer.Sample(series->labels, static_cast<std::int64_t>(cells.Read(series->cell)));
    } else {
      writer.Sample(series->labels, cells.Read(series->cell));
    }
  }
}

void WriteProcess(FamilyId id, const ProcessStats& process, FamilyWriter& writer) {
  if (id == FamilyId::kProcessResidentMemoryBytes) writer.Sample({}, process.resident_bytes);
  if (id == FamilyId::kProcessCpuSeconds) writer.Sample({}, process.cpu_seconds);
  if (id == FamilyId::kProcessOpenFds) writer.Sample({}, process.open_fds);
  if (id == FamilyId::kProcessStartTimeSeconds) writer.Sample({}, process.start_time_seconds);
  if (id == FamilyId::kProcessThreads) writer.Sample({}, process.threads);
}

}  // namespace

std::string Exposition(const Metrics& metrics, const std::optional<ProcessStats>& process) {
  std::string out;
  for (const FamilyInfo& family : kFamilies) {
    FamilyWriter writer(family, out);
    if (!IsReadAtScrape(family.id)) {
      WriteSeries(family, metrics.registry(), writer);
    } else if (family.id == FamilyId::kBuildInfo) {
      writer.Sample(std::array{metrics.version()}, 1);
    } else if (process) {
      WriteProcess(family.id, *process, writer);
    }
  }
  return out;
}

}  // namespace notify::agent::telemetry
