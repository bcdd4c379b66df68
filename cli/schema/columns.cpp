#include "cli/schema/columns.hpp"

#include <array>

namespace notify::cli::schema {

std::span<const output::Column> SchemaColumns() {
  static constexpr std::array<output::Column, 5> kColumns = {{{"TYPE", "type"},
                                                              {"VERSION", "version"},
                                                              {"COMPATIBILITY", "compatibility"},
                                                              {"BYTES", "bytes", true},
                                                              {"CREATED", "createdAt"}}};
  return kColumns;
}

}  // namespace notify::cli::schema
