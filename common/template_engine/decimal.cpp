#include <charconv>
#include <cmath>

#include "common/template_engine/value.hpp"

namespace notify::template_engine {

std::optional<double> ToDecimalNumber(const Value& value) {
  if (value.kind() == Kind::kNumber && std::isfinite(value.number())) return value.number();
  if (value.kind() != Kind::kString || value.size() == 0) return std::nullopt;
  const std::string_view text = value.text();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

void AppendFixed(double number, int decimals, std::string_view group, std::string& out) {
  char buffer[400];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::abs(number), std::chars_format::fixed);
  std::string digits(buffer, end.ptr);
  std::size_t point = digits.find('.');
  if (point == digits.npos) {
    point = digits.size();
  } else {
    digits.erase(point, 1);
  }
  const std::size_t wanted = point + static_cast<std::size_t>(decimals);
  const bool up = wanted < digits.size() && digits[wanted] >= '5';
  digits.resize(wanted, '0');
  if (up) {
    std::size_t i = digits.size();
    while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
    if (i > 0) {
      ++digits[i - 1];
    } else {
      digits.insert(digits.begin(), '1');
      ++point;
    }
  }
  if (number < 0 && digits.find_first_not_of('0') != digits.npos) out += '-';
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == point) out += '.';
    if (i != 0 && i < point && (point - i) % 3 == 0) out += group;
    out += digits[i];
  }
}

}  // namespace notify::template_engine
