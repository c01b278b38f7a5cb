#define _GNU_SOURCE
#include "CTracer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static void interrupt(int number) { (void)number; }

// Whether a path, or the text before its first NUL, is below the folder.
static int is_below(const char *text, size_t length, const char *folder) {
  size_t count = strlen(folder);
  return length > count && strncmp(text, folder, count) == 0 && text[count] == '/';
}

static int is_path_below(pid_t thread, unsigned long address, const char *folder) {
  char text[PATH_MAX];
  // Not beyond the page: the next may not be mapped.
  size_t most = 4096 - address % 4096;
  if (most > sizeof text) most = sizeof text;
  struct iovec here = {text, most}, there = {(void *)address, most};
  ssize_t count = process_vm_readv(thread, &here, 1, &there, 1, 0);
  if (count <= 0) return 0;
  if (is_below(text, (size_t)count, folder)) return 1;
  // A path that goes on beyond the page.
  struct iovec more = {text + count, sizeof text - (size_t)count};
  struct iovec rest = {(void *)(address + (unsigned long)count), more.iov_len};
  if (strnlen(text, (size_t)count) < (size_t)count) return 0;
  ssize_t further = process_vm_readv(thread, &more, 1, &rest, 1, 0);
  return further > 0 && is_below(text, (size_t)(count + further), folder);
}

static int is_descriptor_below(pid_t thread, unsigned long number, const char *folder) {
  if (number > 1 << 16) return 0;
  char link[64], target[PATH_MAX];
  snprintf(link, sizeof link, "/proc/%d/fd/%lu", (int)thread, number);
  ssize_t count = readlink(link, target, sizeof target);
  return count > 0 && is_below(target, (size_t)count, folder);
}

// Calls have a path or a descriptor first, a path second, or, mmap, a descriptor fifth. Other
// calls whose first number happens to be that of a descriptor are counted as well, which does no
// harm: they are further places between two calls on the files.
static int touches(pid_t thread, const struct __ptrace_syscall_info *call, const char *folder) {
  const unsigned long first = (unsigned long)call->entry.args[0];
  if (is_descriptor_below(thread, first, folder)) return 1;
  if (call->entry.nr == SYS_mmap) {
    return is_descriptor_below(thread, (unsigned long)call->entry.args[4], folder);
  }
  return (first > 1 << 16 && is_path_below(thread, first, folder)) ||
         is_path_below(thread, (unsigned long)call->entry.args[1], folder);
}

static void start(const struct tracer_program *program) {
  int input = open("/dev/null", O_RDONLY);
  int output = open(program->output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  int errors = open(program->errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (input < 0 || output < 0 || errors < 0 || chdir(program->folder) != 0) _exit(126);
  dup2(input, 0);
  dup2(output, 1);
  dup2(errors, 2);
  closefrom(3);
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) _exit(126);
  execve(program->arguments[0], program->arguments, program->environment);
  _exit(127);
}

int tracer_run(struct tracer_program program, long stop, void (*act)(void *context), void *context,
               int seconds, struct tracer_end *end) {
  memset(end, 0, sizeof *end);
  // The wait below ends with a signal to this thread when the time is over, and then again and
  // again: one that comes just before the wait would be missed.
  struct sigaction action = {.sa_handler = interrupt};
  if (sigaction(SIGRTMIN, &action, NULL) != 0) return errno;
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
  event.sigev_notify_thread_id = gettid();
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return errno;
  struct itimerspec time = {.it_value.tv_sec = seconds, .it_interval.tv_nsec = 100000000};
  timer_settime(timer, 0, &time, NULL);

  pid_t process = fork();
  if (process == 0) start(&program);
  int result = process < 0 ? errno : 0;
  int has_options = 0, is_running = process > 0;
  // After the stop all run on without further ones.
  enum __ptrace_request onward = PTRACE_SYSCALL;
  while (is_running) {
    int status;
    pid_t thread = waitpid(-1, &status, __WALL | __WNOTHREAD);
    if (thread < 0 && errno == EINTR) {
      end->was_late = 1;
      kill(process, SIGKILL);
      continue;
    }
    if (thread < 0) {
      result = errno;
      break;
    }
    if (!WIFSTOPPED(status)) {
      if (thread != process) continue;
      end->was_killed = WIFSIGNALED(status);
      end->status = end->was_killed ? WTERMSIG(status) : WEXITSTATUS(status);
      is_running = 0;
      continue;
    }
    int number = WSTOPSIG(status);
    if (!has_options) {
      has_options = 1;
      const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
      ptrace(PTRACE_SETOPTIONS, thread, NULL, (void *)options);
      number = 0;
    } else if (number == (SIGTRAP | 0x80)) {
      number = 0;
      struct __ptrace_syscall_info call;
      if (onward == PTRACE_SYSCALL &&
          ptrace(PTRACE_GET_SYSCALL_INFO, thread, (void *)sizeof call, &call) > 0 &&
          call.op == PTRACE_SYSCALL_INFO_ENTRY && touches(thread, &call, program.folder)) {
        end->calls += 1;
        if (end->calls == stop) {
          act(context);
          onward = PTRACE_CONT;
        }
      }
    } else if (status >> 16 != 0 || number == SIGSTOP || number == SIGTRAP) {
      // A thread has begun, which its first stop shows as well.
      number = 0;
    }
    ptrace(onward, thread, NULL, (void *)(long)number);
  }
  timer_delete(timer);
  return result;
}
