#pragma once

#include <string_view>

namespace trivium::actors {

/// Tells the service manager that started this process how it stands: lines
/// as of sd_notify(3), "READY=1", "STATUS=copying". One datagram to the socket
/// that $NOTIFY_SOCKET names (a path, or @NAME in the abstract namespace). True
/// when it was sent; false without such a socket, which is no error. Waits for
/// nobody.
bool notify_service(std::string_view state);

} // namespace trivium::actors
