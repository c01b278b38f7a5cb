#ifndef MOMENTLOG_CTRACER_H
#define MOMENTLOG_CTRACER_H

/// Runs a program, counts its system calls on the files of a folder, and stops it before a chosen
/// one. https://man7.org/linux/man-pages/man2/ptrace.2.html

/// The program to run.
struct tracer_program {
  /// Its path and its arguments, ending with NULL.
  char *const *arguments;
  /// Its environment, ending with NULL.
  char *const *environment;
  /// Its working folder, without a slash at the end: calls on files below are counted.
  const char *folder;
  /// The files that get its standard output and its standard error.
  const char *output;
  const char *errors;
};

/// How it ended.
struct tracer_end {
  /// The exit status, or the signal that ended it.
  int status;
  int was_killed;
  /// It did not end in time, and was killed.
  int was_late;
  /// How many calls on the files it made.
  long calls;
};

/// Runs a program to its end. Before the call with the number `stop`, from 1, all is as the calls
/// before left it, and `act` is called; 0 for never.
///
/// The caller's thread traces: one program at a time. Returns 0, or an error number.
int tracer_run(struct tracer_program program, long stop, void (*act)(void *context), void *context,
               int seconds, struct tracer_end *end);

#endif
