// SPDX-License-Identifier: BSD-2-Clause
#include "tools/jailtop/screen.hpp"

#include <curses.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "monitor/interrupts.hpp"
#include "tools/jailtop/view.hpp"

namespace jailtop {
namespace {

using Clock = std::chrono::steady_clock;

/// The terminal is as it was when this ends.
class Terminal {
 public:
  Terminal() : screen_(::newterm(nullptr, stdout, stdin)) {
    if (screen_ == nullptr) return;
    ::cbreak();
    ::noecho();
    ::nonl();
    ::keypad(stdscr, true);
    ::nodelay(stdscr, true);
    ::set_escdelay(kEscapeDelay);
    ::curs_set(0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (screen_ == nullptr) return;
    ::endwin();
    ::delscreen(screen_);
  }

  explicit operator bool() const { return screen_ != nullptr; }

  [[nodiscard]] static Size size() {
    return {.width = static_cast<std::size_t>(getmaxx(stdscr)),
            .height = static_cast<std::size_t>(getmaxy(stdscr))};
  }

  static void draw(const std::vector<Line>& lines) {
    ::erase();
    for (std::size_t y = 0; y < lines.size(); ++y) {
      const auto attribute = attribute_of(lines[y].style);
      ::attrset(static_cast<int>(attribute));
      ::mvaddstr(static_cast<int>(y), 0, lines[y].text.c_str());
    }
    ::refresh();
  }

  /// The next key that was pressed; nothing where there is none, or where the size changed.
  static std::optional<Press> next() {
    const int code = ::getch();
    switch (code) {
      case ERR:
        return {};
      case KEY_UP:
        return Press{.key = Key::kUp};
      case KEY_DOWN:
        return Press{.key = Key::kDown};
      case KEY_PPAGE:
        return Press{.key = Key::kPageUp};
      case KEY_NPAGE:
        return Press{.key = Key::kPageDown};
      case KEY_HOME:
        return Press{.key = Key::kHome};
      case KEY_END:
        return Press{.key = Key::kEnd};
      case KEY_ENTER:
      case '\r':
      case '\n':
        return Press{.key = Key::kEnter};
      case kEscape:
      case KEY_LEFT:
        return Press{.key = Key::kEscape};
      case KEY_BACKSPACE:
      case kDelete:
      case '\b':
        return Press{.key = Key::kErase};
      default:
        if (code < ' ' || code >= kDelete) return Press{};
        return Press{.character = static_cast<char>(code)};
    }
  }

 private:
  static constexpr int kEscapeDelay = 50;  // milliseconds until Escape begins no sequence
  static constexpr int kEscape = 27;
  static constexpr int kDelete = 127;

  static attr_t attribute_of(Style style) {
    switch (style) {
      case Style::kTitle:
        return A_BOLD;
      case Style::kHeading:
        return A_BOLD | A_UNDERLINE;
      case Style::kSelected:
        return A_REVERSE;
      case Style::kNotice:
        return A_DIM;
      case Style::kPlain:
        break;
    }
    return A_NORMAL;
  }

  SCREEN* screen_;
};

}  // namespace

libjail::Result<void> run_screen(Watch& watch, const Request& request, int interrupts,
                                 const std::string& notice) {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1) {
    return libjail::fail(ENOTTY, "screen", "-b prints without one");
  }
  if (auto done = watch.look(); !done) return done;  // where its message can be read
  const Terminal terminal;
  if (!terminal) {
    const char* name = ::getenv("TERM");
    return libjail::fail(
        0, std::string("terminal \"") + (name != nullptr ? name : "") + "\" is not known",
        "set TERM, or print without a screen with -b");
  }
  View view{.jails = {.order = {.column = request.column, .reverse = request.reverse},
                      .filter = request.filter},
            .processes = {.order = {.column = kProcessorColumn}},
            .notice = notice};
  const auto delay = std::chrono::milliseconds(request.delay_ms);
  auto next = Clock::now() + delay;
  while (!view.quit) {
    auto table = view.inside ? watch.processes() : watch.jails();
    arrange(view, table, Terminal::size());
    Terminal::draw(frame(view, table, watch.summary(), Terminal::size()));
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    const auto ready = monitor::wait_for(STDIN_FILENO, interrupts,
                                         static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready == monitor::Ready::kInterrupt || ready == monitor::Ready::kReaderGone) return {};
    const auto inside = view.inside;
    bool again = Clock::now() >= next;
    while (const auto key = Terminal::next()) {
      press(view, table, *key, Terminal::size());
      again = again || key->character == ' ';
    }
    if (!again && view.inside == inside) continue;
    if (auto done = watch.look(view.inside); !done) return done;
    next = Clock::now() + delay;
  }
  return {};
}

}  // namespace jailtop
