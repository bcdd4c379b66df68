#pragma once

#include <string>
#include <string_view>

#include "cli/environment.hpp"
#include "common/result.hpp"

namespace notify::cli {

/// Standard input, output and error, and what they are. Data goes to Out, everything else to Err.
///
/// Threads: one at a time.
class Streams {
 public:
  /// What a test pretends that the three streams are.
  struct Pretend {
    std::string input;
    bool terminal = false;
    bool colour = false;
    int width = 80;
  };

  /// The process's own. Colour: only on a terminal, and without NO_COLOR and TERM=dumb.
  static Streams System(const Environment& environment);
  /// Captures both outputs; read them with out_text() and err_text().
  static Streams ForTest(Pretend pretend);
  static Streams ForTest() { return ForTest(Pretend{}); }

  Streams(Streams&&) = default;
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  Streams& operator=(Streams&&) = delete;
  ~Streams() = default;

  /// Appends to standard output; buffered until Flush or 64 KiB.
  void Out(std::string_view text);
  /// Writes to standard error at once, after what standard output has.
  void Err(std::string_view text);
  /// kInternal where standard output does not take the bytes (a full disk); said once and kept.
  Status Flush();

  /// Standard input to its end.
  Result<std::string> ReadAll();
  /// What standard input has next, at most so much; empty at its end.
  std::string ReadSome(std::size_t most);
  /// The next line without its line feed; false at the end.
  bool ReadLine(std::string& line);

  /// Standard input, to wait for it; -1 where it never has to be waited for.
  int in_descriptor() const;
  bool in_is_terminal() const { return in_terminal_; }
  bool out_is_terminal() const { return out_terminal_; }
  bool err_is_terminal() const { return err_terminal_; }
  /// Columns of the terminal; 80 where it is not known.
  int width() const { return width_; }
  bool colour() const { return colour_; }
  void set_colour(bool on) { colour_ = on && colour_; }

  const std::string& out_text() const { return out_; }
  const std::string& err_text() const { return err_; }

 private:
  Streams() = default;
  bool FillInput();

  bool captured_ = false;
  bool in_terminal_ = false;
  bool out_terminal_ = false;
  bool err_terminal_ = false;
  bool colour_ = false;
  bool broken_ = false;
  int width_ = 80;
  std::string in_;
  std::string out_;
  std::string err_;
};

}  // namespace notify::cli
