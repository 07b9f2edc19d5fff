# Debian's libedit-dev has a pkg-config file and no CMake configuration. Gives
# LibEdit::LibEdit.
include(FindPackageHandleStandardArgs)
find_path(LibEdit_INCLUDE_DIR histedit.h)
find_library(LibEdit_LIBRARY edit)
if(LibEdit_LIBRARY AND NOT TARGET LibEdit::LibEdit)
  add_library(LibEdit::LibEdit UNKNOWN IMPORTED)
  set_target_properties(LibEdit::LibEdit PROPERTIES
    IMPORTED_LOCATION "${LibEdit_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${LibEdit_INCLUDE_DIR}")
endif()
find_package_handle_standard_args(LibEdit
  REQUIRED_VARS LibEdit_LIBRARY LibEdit_INCLUDE_DIR)
