set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# -O2: the kernels set their own level; the rest is not bound by the compiler.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# -pthread for all: gRPC asks for it, and a precompiled header is lent only among
# sources that agree on it.
add_compile_options(-pthread -Wall -Wextra -Wpedantic -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict) # false alarms on std::string operator+
endif()

find_program(TRIVIUM_CCACHE ccache)
if(TRIVIUM_CCACHE)
  # A precompiled header is hashed by content only when told so.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${TRIVIUM_CCACHE})
endif()

find_program(TRIVIUM_MOLD mold)
if(TRIVIUM_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

option(TRIVIUM_SANITIZE "AddressSanitizer and UBSan" OFF)
if(TRIVIUM_SANITIZE)
  # CAF 0.17 binds null references in its own headers: -fno-sanitize=null.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null
                      -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
