// SPDX-License-Identifier: BSD-2-Clause
// Run a command in a jail, show its output, and wait until the jail is empty.
//
// usage: run DIRECTORY ADDRESS COMMAND [ARGUMENT]...
//
// ADDRESS is an IPv4 address of an interface, or "none". The exit status is the command's own; 125
// where there was no jail to run it in, 126 where it could not be executed.
//
//     cc run.c $(pkg-config --cflags --libs libjail) -o run
#include <fcntl.h>
#include <jail/libjail.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kNoJail = 125, kNotExecuted = 126, kJail = 3 };

static int complain(const char* what) {
  fprintf(stderr, "run: %s: %s\n", what, jail_errmsg());
  return kNoJail;
}

// The jail lives as long as its descriptor is open or a process is in it.
static int make_jail(const char* directory, const char* address) {
  struct jail_spec* spec = jail_spec_new(directory);
  int jail = -1;
  if (spec != NULL &&
      jail_spec_set_address(spec, strcmp(address, "none") ? address : NULL, 0) == 0) {
    jail = jail_create(spec);
  }
  jail_spec_free(spec);
  return jail;
}

// In the child. A terminal or a directory of the host would be a way out, and the kernel lets
// nobody in who has one: nothing but pipes and /dev/null comes along.
static void enter_and_execute(int jail, int output, char* const command[]) {
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int copy = fcntl(jail, F_DUPFD_CLOEXEC, kJail + 1);
  dup2(output, STDERR_FILENO);
  if (null < 0 || copy < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
      dup3(copy, kJail, O_CLOEXEC) < 0 || close_range(kJail + 1, ~0U, 0) < 0 || setsid() < 0) {
    perror("run");
    _exit(kNoJail);
  }
  if (jail_attach(kJail, 0) < 0) {
    perror("run: enter the jail");
    _exit(kNoJail);
  }
  execv(command[0], command);
  perror(command[0]);
  _exit(kNotExecuted);
}

// Until the last process that could write has closed it.
static void show_output(int input) {
  char text[4096];
  ssize_t size = 0;
  while ((size = read(input, text, sizeof text)) > 0) {
    if (write(STDOUT_FILENO, text, (size_t)size) < 0) return;
  }
}

int main(int argc, char* argv[]) {
  if (argc < 4) {
    fprintf(stderr, "usage: run DIRECTORY ADDRESS COMMAND [ARGUMENT]...\n");
    return kNoJail;
  }
  const int jail = make_jail(argv[1], argv[2]);
  if (jail < 0) return complain("make a jail");
  int output[2];
  const pid_t pid = pipe2(output, O_CLOEXEC) < 0 ? -1 : fork();
  if (pid < 0) {
    perror("run");
    return kNoJail;
  }
  if (pid == 0) enter_and_execute(jail, output[1], argv + 3);
  close(output[1]);
  show_output(output[0]);
  int status = 0;
  if (waitpid(pid, &status, 0) < 0) return kNoJail;
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  if (WEXITSTATUS(status) == kNoJail) return kNoJail;
  // What the command left in the background goes on until it ends.
  struct pollfd empty = {.fd = jail, .events = POLLIN, .revents = 0};
  poll(&empty, 1, -1);
  return WEXITSTATUS(status);
}
