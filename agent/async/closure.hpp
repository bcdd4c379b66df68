#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace notify::agent::async {

/// A function without arguments that is called at most once and may own move-only things.
/// Threads: made on one thread, called and destroyed on another; never on two at once.
class Closure {
 public:
  Closure() = default;

  template <typename F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Closure> && std::is_invocable_v<F&>)
      Closure(F&& function)  // NOLINT(google-explicit-constructor): a lambda is what callers pass
      : held_(std::make_unique<Held<std::remove_cvref_t<F>>>(std::forward<F>(function))) {}

  explicit operator bool() const { return held_ != nullptr; }
  void operator()() { held_->Call(); }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual void Call() = 0;
  };
  template <typename F>
  struct Held final : Base {
    explicit Held(F function) : f(std::move(function)) {}
    void Call() override { f(); }
    F f;
  };

  std::unique_ptr<Base> held_;
};

}  // namespace notify::agent::async
