#include "cli/streams.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace notify::cli {
namespace {

constexpr std::size_t kBuffered = 64 * 1024;

bool WriteWhole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(descriptor, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

int WidthOf(const Environment& environment) {
  const auto columns = environment.Get("COLUMNS");
  int width = 0;
  std::from_chars(columns.data(), columns.data() + columns.size(), width);
  if (width > 0) return width;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

Streams Streams::System(const Environment& environment) {
  Streams streams;
  streams.in_terminal_ = ::isatty(STDIN_FILENO) == 1;
  streams.out_terminal_ = ::isatty(STDOUT_FILENO) == 1;
  streams.err_terminal_ = ::isatty(STDERR_FILENO) == 1;
  streams.colour_ = streams.out_terminal_ && environment.Get("NO_COLOR").empty() &&
                    environment.Get("TERM") != "dumb";
  if (streams.out_terminal_) streams.width_ = WidthOf(environment);
  return streams;
}

Streams Streams::ForTest(Pretend pretend) {
  Streams streams;
  streams.captured_ = true;
  streams.in_ = std::move(pretend.input);
  streams.in_terminal_ = streams.out_terminal_ = streams.err_terminal_ = pretend.terminal;
  streams.colour_ = pretend.colour;
  streams.width_ = pretend.width;
  return streams;
}

void Streams::Out(std::string_view text) {
  out_ += text;
  if (!captured_ && out_.size() >= kBuffered) broken_ = !Flush().has_value() || broken_;
}

void Streams::Err(std::string_view text) {
  if (captured_) {
    err_ += text;
    return;
  }
  broken_ = !Flush().has_value() || broken_;
  WriteWhole(STDERR_FILENO, text);
}

Status Streams::Flush() {
  if (captured_) return {};
  if (!broken_ && !WriteWhole(STDOUT_FILENO, out_)) broken_ = true;
  out_.clear();
  if (broken_) {
    return Fail(Errc::kInternal, "Standard output does not take the data: it is closed or full.");
  }
  return {};
}

bool Streams::FillInput() {
  if (captured_) return false;
  std::array<char, 16 * 1024> buffer{};
  for (;;) {
    const auto n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    in_.append(buffer.data(), static_cast<std::size_t>(n));
    return true;
  }
}

Result<std::string> Streams::ReadAll() {
  while (FillInput()) {
  }
  return std::exchange(in_, {});
}

std::string Streams::ReadSome(std::size_t most) {
  if (in_.empty()) FillInput();
  std::string some = in_.substr(0, most);
  in_.erase(0, some.size());
  return some;
}

int Streams::in_descriptor() const { return captured_ ? -1 : STDIN_FILENO; }

bool Streams::ReadLine(std::string& line) {
  auto end = in_.find('\n');
  while (end == std::string::npos) {
    const auto scanned = in_.size();
    if (!FillInput()) break;
    end = in_.find('\n', scanned);
  }
  if (end == std::string::npos) {
    line = std::exchange(in_, {});
    return !line.empty();
  }
  line = in_.substr(0, end);
  in_.erase(0, end + 1);
  return true;
}

}  // namespace notify::cli
