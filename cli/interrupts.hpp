#pragma once

#include <chrono>

namespace notify::cli {

/// SIGINT and SIGTERM as something to wait for, so that a command can end between two lines.
///
/// Lifetime: while one made by Catch lives the signals do not end the process.
/// Threads: made and used on the main thread.
class Interrupts {
 public:
  /// Takes both signals.
  static Interrupts Catch();
  /// Takes none: Wait is a plain wait.
  static Interrupts None() { return Interrupts(-1); }

  Interrupts(Interrupts&& other) noexcept;
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  Interrupts& operator=(Interrupts&&) = delete;
  ~Interrupts();

  /// Becomes readable with the first signal; -1 for None.
  int descriptor() const { return descriptor_; }
  /// Waits; true where a signal came first.
  bool Wait(std::chrono::milliseconds limit) const;
  /// Forgets the signals that came, so that the next one counts anew.
  void Clear() const;

 private:
  explicit Interrupts(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace notify::cli
