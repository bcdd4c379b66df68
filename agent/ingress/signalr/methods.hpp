#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "agent/auth/roles.hpp"
#include "agent/ingress/signalr/hub_connection.hpp"

namespace notify::agent::ingress::signalr {

using Arguments = std::span<const ::notify::signalr::RawJson>;

/// A method that clients call (contract 7).
struct Method {
  HubMethod id;
  std::size_t arity;
  /// What the caller's role must give; nothing: every connection may.
  std::optional<auth::Permission> permission;
  /// The result as JSON; empty: the method returns nothing.
  async::Task<Result<std::string>> (*run)(HubConnection& connection, Arguments arguments);
  /// Instead of `run`, of a method that the client uploads a stream to.
  async::Task<Result<std::string>> (*upload)(HubConnection& connection, Upload& items) = nullptr;

  std::string_view name() const { return HubMethodName(id); }
};

/// The method of that name, whatever the case; null where there is none.
const Method* FindMethod(std::string_view name);
/// Whether the name is that of `StreamEvents`.
bool IsStreamMethod(std::string_view name);
/// What `StreamEvents` needs.
inline constexpr auth::Permission kStreamPermission = auth::Permission::kSubscribe;

/// Asks the connection's gate and runs the method. `arguments` outlive the task.
async::Task<Result<std::string>> Call(HubConnection& connection, const Method& method,
                                      Arguments arguments);

/// The same for a method with an upload.
async::Task<Result<std::string>> CallUpload(HubConnection& connection, const Method& method,
                                            Upload& items);

/// The argument of the client's `connected`.
std::string ConnectedJson(HubConnection& connection);

}  // namespace notify::agent::ingress::signalr
