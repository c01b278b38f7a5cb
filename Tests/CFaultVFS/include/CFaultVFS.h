#ifndef MOMENTLOG_CFAULTVFS_H
#define MOMENTLOG_CFAULTVFS_H

/// A file system for SQLite that lets chosen calls fail, and records what was written and
/// synced. It passes all else on to the default one. https://www.sqlite.org/vfs.html

/// The calls that can be made to fail.
enum faultvfs_call {
  FAULTVFS_READ,
  FAULTVFS_WRITE,
  /// Writes the first half, and fails.
  FAULTVFS_SHORT_WRITE,
  /// Fails for want of room.
  FAULTVFS_FULL,
  FAULTVFS_SYNC,
  FAULTVFS_OPEN,
  FAULTVFS_TRUNCATE,
  FAULTVFS_DELETE,
  FAULTVFS_LOCK,
  FAULTVFS_SHM_MAP,
  FAULTVFS_SHM_LOCK,
  FAULTVFS_SIZE,
  FAULTVFS_ACCESS,
  /// SQLite's allocator, once faultvfs_install_allocator was called.
  FAULTVFS_MEMORY,
  FAULTVFS_CALLS
};

/// Makes it the default file system of this process. Returns an SQLite result code.
int faultvfs_install(void);

/// Has SQLite's memory come from an allocator that can fail. Before any other call of SQLite.
int faultvfs_install_allocator(void);

/// Lets the n-th call of a kind from now on fail, and with `for_ever` all after it.
void faultvfs_arm(int call, long nth, int for_ever);

/// Lets nothing fail any more; returns how many calls have failed.
long faultvfs_disarm(void);

/// The kinds of what is recorded.
enum faultvfs_step {
  FAULTVFS_WROTE,
  FAULTVFS_TRUNCATED,
  FAULTVFS_SYNCED,
  FAULTVFS_SYNC_FAILED,
  FAULTVFS_DELETED,
  /// The folder: what was removed before stays so.
  FAULTVFS_FOLDER_SYNCED,
  FAULTVFS_REPLACED,
  FAULTVFS_MARKED
};

/// The files of a store, as what is recorded numbers them.
enum faultvfs_file { FAULTVFS_DATABASE, FAULTVFS_WAL, FAULTVFS_JOURNAL, FAULTVFS_HEAD,
                     FAULTVFS_FILES };

/// One thing that was recorded.
struct faultvfs_record {
  int step;
  int file;
  long long offset;
  long long length;
  const unsigned char *bytes;
};

/// Records what happens to the store at a path, its head file's content included, which is
/// read before each call: it is not written through SQLite. NULL to end it.
void faultvfs_record_store(const char *path);

/// Records that something happened at this point.
void faultvfs_mark(long long number);

/// How much was recorded.
long faultvfs_count(void);

/// What was recorded. Its bytes live until the next recording.
struct faultvfs_record faultvfs_at(long index);

#endif
