#pragma once

#include <span>
#include <string>
#include <string_view>

namespace notify {

/// Bytes that must not be seen: no formatter, no `<<`, compared in constant time, wiped when gone.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.Wipe(); }
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { Wipe(); }

  /// The clear bytes, for the one call that needs them. Never store or print the view.
  std::string_view Reveal() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

  /// Whether both are the same, in a time that depends on the lengths only.
  bool Equals(std::string_view other) const;

 private:
  void Wipe() noexcept;
  std::string bytes_;
};

/// Whether two byte strings are the same, in a time that depends on the lengths only.
bool ConstantTimeEquals(std::string_view a, std::string_view b);

}  // namespace notify
