#define _GNU_SOURCE
#include "CShims.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int momentlog_sqlite3_checkpoints_on_close(void *connection, int checkpoints) {
  return sqlite3_db_config((sqlite3 *)connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                           !checkpoints, (int *)0);
}

static int store_frames(void *frames, sqlite3 *connection, const char *database, int count) {
  (void)connection;
  (void)database;
  *(int *)frames = count;
  return SQLITE_OK;
}

void momentlog_sqlite3_count_wal_frames(void *connection, int *frames) {
  sqlite3_wal_hook((sqlite3 *)connection, store_frames, frames);
}

int momentlog_sqlite3_rewrite_wal(void *connection) {
  sqlite3_file *wal = 0;
  int result = sqlite3_file_control((sqlite3 *)connection, "main",
                                    SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  if (result != SQLITE_OK || !wal || !wal->pMethods) return result;
  sqlite3_int64 size = 0;
  result = wal->pMethods->xFileSize(wal, &size);
  if (result != SQLITE_OK || size == 0) return result;
  char bytes[1 << 16];
  for (sqlite3_int64 place = 0; place < size; place += sizeof bytes) {
    sqlite3_int64 rest = size - place;
    int count = rest < (sqlite3_int64)sizeof bytes ? (int)rest : (int)sizeof bytes;
    result = wal->pMethods->xRead(wal, bytes, count, place);
    if (result == SQLITE_OK) result = wal->pMethods->xWrite(wal, bytes, count, place);
    if (result != SQLITE_OK) return result;
  }
  return wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);
}

static void return_number(sqlite3_context *context, int count, sqlite3_value **arguments) {
  (void)count;
  (void)arguments;
  sqlite3_result_int(context, *(int *)sqlite3_user_data(context));
}

int momentlog_sqlite3_define_lease(void *connection, int *holds) {
  return sqlite3_create_function_v2((sqlite3 *)connection, "momentlog_lease", 0,
                                    SQLITE_UTF8 | SQLITE_INNOCUOUS, holds, return_number, 0, 0, 0);
}

int momentlog_sqlite3_busy_timeout(void *connection, int milliseconds) {
  return sqlite3_busy_timeout((sqlite3 *)connection, milliseconds);
}

void momentlog_sqlite3_ask(void *connection, int instructions, int (*stops)(void *),
                           void *context) {
  sqlite3_progress_handler((sqlite3 *)connection, instructions, stops, context);
}

int momentlog_sqlite3_checkpoint(void *connection, int truncates, int *frames, int *moved) {
  int mode = truncates ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  return sqlite3_wal_checkpoint_v2((sqlite3 *)connection, "main", mode, frames, moved);
}

int momentlog_sqlite3_has_moved(void *connection) {
  int moved = 0;
  int result = sqlite3_file_control((sqlite3 *)connection, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return result == SQLITE_OK ? moved != 0 : -1;
}

int momentlog_sqlite3_step(void *statement) {
  int result = sqlite3_step((sqlite3_stmt *)statement);
  return result == SQLITE_ROW ? 1 : result == SQLITE_DONE ? 0 : -result;
}

long long momentlog_sqlite3_number(void *statement, int column) {
  return sqlite3_column_int64((sqlite3_stmt *)statement, column);
}

const void *momentlog_sqlite3_bytes(void *statement, int column, int *count) {
  sqlite3_stmt *row = (sqlite3_stmt *)statement;
  if (sqlite3_column_type(row, column) == SQLITE_NULL) return 0;
  const void *bytes = sqlite3_column_blob(row, column);
  *count = sqlite3_column_bytes(row, column);
  // SQLite has no pointer for a text without characters.
  return bytes ? bytes : "";
}

void momentlog_sqlite3_reset(void *statement) { sqlite3_reset((sqlite3_stmt *)statement); }

int momentlog_sqlite3_bind_number(void *statement, int place, long long number) {
  return sqlite3_bind_int64((sqlite3_stmt *)statement, place, number);
}

int momentlog_sqlite3_bind_null(void *statement, int place) {
  return sqlite3_bind_null((sqlite3_stmt *)statement, place);
}

int momentlog_sqlite3_bind_text(void *statement, int place, const void *bytes, long long count) {
  return sqlite3_bind_text64((sqlite3_stmt *)statement, place, bytes ? bytes : "",
                             (sqlite3_uint64)count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

int momentlog_sqlite3_bind_blob(void *statement, int place, const void *bytes, long long count) {
  return sqlite3_bind_blob64((sqlite3_stmt *)statement, place, bytes ? bytes : "",
                             (sqlite3_uint64)count, SQLITE_TRANSIENT);
}

static void fill(struct momentlog_file *file, const struct statx *found) {
  file->device = (unsigned long long)makedev(found->stx_dev_major, found->stx_dev_minor);
  file->inode = found->stx_ino;
  file->size = (long long)found->stx_size;
  file->links = found->stx_nlink;
  file->is_mount_point = (found->stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

int momentlog_inspect_file(int descriptor, const char *path, struct momentlog_file *file) {
  struct statx found;
  unsigned asked = STATX_INO | STATX_SIZE | STATX_NLINK;
  int result = path ? statx(AT_FDCWD, path, 0, asked, &found)
                    : statx(descriptor, "", AT_EMPTY_PATH, asked, &found);
  if (result != 0) return -1;
  fill(file, &found);
  return 0;
}

static long long nanoseconds(struct statx_timestamp time) {
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int momentlog_inspect(int descriptor, const char *path, struct momentlog_details *details) {
  struct statx found;
  int result = path ? statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &found)
                    : statx(descriptor, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &found);
  if (result != 0) return -1;
  fill(&details->file, &found);
  details->mode = found.stx_mode;
  details->owner = found.stx_uid;
  details->group = found.stx_gid;
  details->content_change = nanoseconds(found.stx_mtime);
  details->change = nanoseconds(found.stx_ctime);
  return 0;
}

long long momentlog_file_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int momentlog_exchange(int first_folder, const char *first, int second_folder,
                          const char *second) {
  return renameat2(first_folder, first, second_folder, second, RENAME_EXCHANGE);
}

int momentlog_rename_to_new(int old_folder, const char *old_name, int new_folder,
                               const char *new_name) {
  if (renameat2(old_folder, old_name, new_folder, new_name, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL) return -1;
  // A directory cannot be linked, but takes the place of nothing that holds anything.
  struct stat found;
  if (fstatat(old_folder, old_name, &found, AT_SYMLINK_NOFOLLOW) != 0) return -1;
  if (S_ISDIR(found.st_mode)) return renameat(old_folder, old_name, new_folder, new_name);
  if (linkat(old_folder, old_name, new_folder, new_name, 0) != 0) return -1;
  return unlinkat(old_folder, old_name, 0);
}

int momentlog_sync_file_system(int descriptor) { return syncfs(descriptor); }

int momentlog_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int momentlog_share_byte(int descriptor, long place, int shares) {
  struct flock lock = {
      .l_type = shares ? F_RDLCK : F_UNLCK, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};
  return fcntl(descriptor, F_OFD_SETLK, &lock);
}

static void close_both(const int ends[2]) {
  int reason = errno;
  for (int i = 0; i < 2; i++)
    if (ends[i] >= 0) close(ends[i]);
  errno = reason;
}

// A pipe whose ends are none of the three standard descriptors, even if one of those is closed.
static int open_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) {
    ends[0] = ends[1] = -1;
    return -1;
  }
  for (int i = 0; i < 2; i++) {
    if (ends[i] > 2) continue;
    int low = ends[i];
    ends[i] = fcntl(low, F_DUPFD_CLOEXEC, 3);
    int reason = errno;
    close(low);
    errno = reason;
    if (ends[i] < 0) {
      close_both(ends);
      ends[0] = ends[1] = -1;
      return -1;
    }
  }
  return 0;
}

// In the new process: only calls that are allowed between fork and exec.
_Noreturn static void become(const char *program, char *const arguments[],
                             char *const environment[], pid_t parent, int output, int errors,
                             int report) {
  int reason = 0;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) reason = errno;
  // It may have ended before the call.
  if (getppid() != parent) _exit(127);
  setpgid(0, 0);
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  int null = open("/dev/null", O_RDONLY);
  if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) reason = errno;
  if (null > 2) close(null);
#ifdef SYS_close_range
  // CLOSE_RANGE_CLOEXEC; an older kernel refuses it, and what is open is marked so anyway.
  syscall(SYS_close_range, 3u, ~0u, 1u << 2);
#endif
  if (reason == 0) {
    execvpe(program, arguments, environment);
    reason = errno;
  }
  ssize_t written = write(report, &reason, sizeof reason);
  (void)written;
  _exit(127);
}

int momentlog_spawn(const char *program, char *const arguments[], char *const environment[],
                    int *output, int *errors) {
  int out[2] = {-1, -1}, err[2] = {-1, -1}, report[2] = {-1, -1};
  pid_t parent = getpid(), child = -1;
  // The parent may have ignored it, and then no status can be waited for.
  signal(SIGCHLD, SIG_DFL);
  if (open_pipe(out) == 0 && open_pipe(err) == 0 && open_pipe(report) == 0) child = fork();
  if (child < 0) {
    close_both(out);
    close_both(err);
    close_both(report);
    return -1;
  }
  if (child == 0) become(program, arguments, environment, parent, out[1], err[1], report[1]);
  close(out[1]);
  close(err[1]);
  close(report[1]);
  int reason = 0;
  ssize_t count;
  do count = read(report[0], &reason, sizeof reason);
  while (count < 0 && errno == EINTR);
  close(report[0]);
  if (count == (ssize_t)sizeof reason) {
    while (waitpid(child, 0, 0) < 0 && errno == EINTR) {
    }
    close(out[0]);
    close(err[0]);
    errno = reason;
    return -1;
  }
  *output = out[0];
  *errors = err[0];
  return child;
}

int momentlog_is_locked(int descriptor, long start, long length) {
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return -1;
    return lock.l_type != F_UNLCK;
}

int momentlog_lock_holder(int descriptor, long byte) {
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    if (fcntl(descriptor, F_GETLK, &lock) != 0) return -1;
    if (lock.l_type == F_UNLCK) return 0;
    return lock.l_pid > 0 ? lock.l_pid : -1;
}
