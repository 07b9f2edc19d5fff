#pragma once

namespace trivium::tools::repl {

/// Keeps the terminal's settings as they are now, for restore_terminal.
void remember_terminal();

/// Gives the terminal back as it was: settings, screen, cursor. From any
/// thread; does nothing where nothing was remembered.
void restore_terminal();

/// The alternate screen, keys read one by one and not shown; Ctrl-C still is a
/// signal. The destructor gives all of it back.
class full_screen {
public:
  full_screen();
  ~full_screen();
  full_screen(const full_screen&) = delete;
  full_screen& operator=(const full_screen&) = delete;
};

} // namespace trivium::tools::repl
