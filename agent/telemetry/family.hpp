#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <string_view>
#include <type_traits>

#include "agent/telemetry/families.hpp"
#include "agent/telemetry/handles.hpp"
#include "agent/telemetry/registry.hpp"
#include "common/errc.hpp"
#include "common/ids.hpp"

namespace notify::agent::telemetry {

/// The value of a label while it is looked up: a word, a tenant, an error's code, an HTTP status.
/// Threads: one.
/// Lifetime: within that of the text or tenant that it was made from.
class LabelText {
 public:
  explicit LabelText(std::string_view word) : text_(word) {}
  explicit LabelText(const TenantId& tenant) : text_(tenant.text()) {}
  explicit LabelText(Errc code) : text_(notify::Describe(code).name) {}
  explicit LabelText(int number) {
    const auto end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), number).ptr;
    size_ = static_cast<std::size_t>(end - digits_.data());
  }
  std::string_view view() const {
    return size_ > 0 ? std::string_view(digits_.data(), size_) : text_;
  }

 private:
  std::string_view text_;
  std::array<char, 12> digits_;
  std::size_t size_ = 0;
};

namespace internal {
template <FamilyType kType>
using HandleOf =
    std::conditional_t<kType == FamilyType::kCounter, Counter,
                       std::conditional_t<kType == FamilyType::kGauge, Gauge,
                                          std::conditional_t<kType == FamilyType::kTimeHistogram,
                                                             TimeHistogram, CountHistogram>>>;
}  // namespace internal

/// One family of the table, with a type for each of its labels. The type of a label that is not
/// `tenant` is a word from our own code or configuration, never text of a caller.
/// Threads: any.
/// Lifetime: within that of its Registry.
template <FamilyId kId, typename... Labels>
class Family {
  /// Whether the label `tenant`, and no other, has the type TenantId.
  static constexpr bool HasTenantWhereTheTableSays() {
    constexpr std::array<bool, sizeof...(Labels) + 1> kIsTenant = {
        std::same_as<Labels, TenantId>..., false};
    for (std::size_t i = 0; i < sizeof...(Labels); ++i) {
      if (kIsTenant[i] != (Describe(kId).labels[i] == "tenant")) return false;
    }
    return true;
  }
  static_assert(sizeof...(Labels) == Describe(kId).LabelCount());
  static_assert(HasTenantWhereTheTableSays());

 public:
  using Handle = internal::HandleOf<Describe(kId).type>;

  explicit Family(Registry& registry) : registry_(&registry) {}

  /// The series with these labels, made where it is not there yet. About 30 ns each label: for
  /// once a request or a tenant, not once an event.
  Handle For(const Labels&... labels) const {
    const std::array<LabelText, sizeof...(Labels)> texts = {LabelText(labels)...};
    std::array<std::string_view, sizeof...(Labels)> values;
    for (std::size_t i = 0; i < texts.size(); ++i) values[i] = texts[i].view();
    return Handle(registry_->cells(), registry_->Resolve(kId, values));
  }

 private:
  Registry* registry_;
};

}  // namespace notify::agent::telemetry
