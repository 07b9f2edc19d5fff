# `cmake --install BUILD --prefix PREFIX --component client`: the client library
# for find_package(trivium). Headers lie as they do in the sources, below
# include/trivium, which is on the include path; programs include
# <trivium/client.hpp>.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/trivium")
set(client_targets trivium_client trivium_transport trivium_local_socket
    trivium_interfaces trivium_service trivium_service_protocol trivium_wire
    trivium_protocol trivium_values)

install(TARGETS ${client_targets}
  EXPORT trivium_targets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT client)
install(EXPORT trivium_targets
  NAMESPACE trivium::
  DESTINATION "${package_dir}"
  COMPONENT client)
set_target_properties(trivium_client PROPERTIES EXPORT_NAME client)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/messages/values"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/trivium/messages"
  COMPONENT client
  FILES_MATCHING PATTERN "*.hpp")
install(FILES "${PROJECT_SOURCE_DIR}/actors/client/client.hpp"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/trivium/actors/client"
  COMPONENT client)
file(WRITE "${CMAKE_BINARY_DIR}/install/client.hpp"
  "#pragma once\n\n#include \"actors/client/client.hpp\"\n")
install(FILES "${CMAKE_BINARY_DIR}/install/client.hpp"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/trivium"
  COMPONENT client)

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/triviumConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/install/triviumConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(
  "${CMAKE_BINARY_DIR}/install/triviumConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${CMAKE_BINARY_DIR}/install/triviumConfig.cmake"
  "${CMAKE_BINARY_DIR}/install/triviumConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindCAF.cmake"
  DESTINATION "${package_dir}"
  COMPONENT client)

install(TARGETS trivium
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT node)
