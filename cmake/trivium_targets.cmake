include(GNUInstallDirs)

# What nearly every source includes. Lent to all of them where the sanitizers
# watch: that build takes longest, and the ordinary one proves that each source
# includes what it uses.
set(TRIVIUM_COMMON_HEADERS <algorithm> <array> <chrono> <filesystem> <functional>
  <map> <memory> <optional> <string> <variant> <vector> <tl/expected.hpp>)

# trivium_lend_headers(TARGET LENDER): from the target that trivium_lender() made
# of the same kind.
function(trivium_lend_headers target lender)
  if(TRIVIUM_SANITIZE)
    target_precompile_headers(${target} REUSE_FROM ${lender})
  endif()
endfunction()

# trivium_lender(NAME EXECUTABLE|OBJECT HEADERS...): libraries and programs differ
# in their position-independent code, so each kind has a lender of its own.
function(trivium_lender name kind)
  if(NOT TRIVIUM_SANITIZE)
    return()
  endif()
  set(source "${CMAKE_BINARY_DIR}/lenders/${name}.cpp")
  if(NOT EXISTS "${source}")
    file(WRITE "${source}" "int main() {}\n")
  endif()
  if(kind STREQUAL "EXECUTABLE")
    add_executable(${name} "${source}")
  else()
    add_library(${name} OBJECT "${source}")
  endif()
  target_precompile_headers(${name} PRIVATE ${TRIVIUM_COMMON_HEADERS} ${ARGN})
endfunction()

trivium_lender(trivium_library_headers OBJECT)

# trivium_library(NAME SOURCES... [LINK ...]): a static library whose includes
# start at the root of the sources ("storage/metadata/metadata_store.hpp").
# OWN_HEADERS: the caller says which ones are precompiled, if any.
function(trivium_library name)
  cmake_parse_arguments(arg "OWN_HEADERS" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} PUBLIC
      "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
      "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/trivium>")
    target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK})
    if(NOT arg_OWN_HEADERS)
      trivium_lend_headers(${name} trivium_library_headers)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} INTERFACE ${arg_LINK})
  endif()
endfunction()
