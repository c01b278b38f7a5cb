#ifndef MOMENTLOG_CSHIMS_H
#define MOMENTLOG_CSHIMS_H

/// The few C calls that Swift cannot make, because they take a variable number of
/// arguments, call back with a context, or are not in its C library's module.

/// Says whether closing the last connection checkpoints the WAL.
/// `connection` is an `sqlite3 *`. Returns an SQLite result code.
/// https://www.sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfignockptonclose
int momentlog_sqlite3_checkpoints_on_close(void *connection, int checkpoints);

/// Has SQLite store the number of frames in the WAL at `frames` after each commit
/// of this connection. `frames` must live as long as the connection.
/// https://www.sqlite.org/c3ref/wal_hook.html
void momentlog_sqlite3_count_wal_frames(void *connection, int *frames);

/// Writes the WAL's bytes once more where they are, and syncs them. `connection` is an
/// `sqlite3 *` in WAL mode that has read, and nobody may write to the WAL meanwhile. Returns an
/// SQLite result code.
/// https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntljournalpointer
int momentlog_sqlite3_rewrite_wal(void *connection);

/// Steps a prepared statement, an `sqlite3_stmt *`. Returns 1 for a row, 0 at the end, and
/// minus an SQLite result code for an error. https://www.sqlite.org/c3ref/step.html
int momentlog_sqlite3_step(void *statement);

/// A column of the row as a number. https://www.sqlite.org/c3ref/column_blob.html
long long momentlog_sqlite3_number(void *statement, int column);

/// A column of the row as bytes that live until the next step, or NULL for null.
const void *momentlog_sqlite3_bytes(void *statement, int column, int *count);

/// Makes a statement ready to be stepped again; its values stay.
/// https://www.sqlite.org/c3ref/reset.html
void momentlog_sqlite3_reset(void *statement);

/// Gives a parameter of a statement, counted from 1, a value, which is copied. They return an
/// SQLite result code. https://www.sqlite.org/c3ref/bind_blob.html
int momentlog_sqlite3_bind_number(void *statement, int place, long long number);
int momentlog_sqlite3_bind_null(void *statement, int place);
int momentlog_sqlite3_bind_text(void *statement, int place, const void *bytes, long long count);
int momentlog_sqlite3_bind_blob(void *statement, int place, const void *bytes, long long count);

/// Registers two SQLite VFSs. "momentlog-descriptors" is for databases whose files are open already:
/// the parameters `db` and `wal` of a URI filename are their descriptors, which stay open; without
/// `writes=1` the database is read-only. It takes no locks. "momentlog-existing" is the standard
/// one, but that it makes neither a database nor a WAL. Returns an SQLite result code.
/// https://www.sqlite.org/uri.html
int momentlog_register_reading_vfs(void);

/// Gives a connection, an `sqlite3 *`, the SQL function `momentlog_lease()`, which returns the
/// number at `holds`; that must live as long as the connection. Returns an SQLite result code.
/// https://www.sqlite.org/c3ref/create_function.html
int momentlog_sqlite3_define_lease(void *connection, int *holds);

/// Sets how long a connection waits for locks, in milliseconds. Returns an SQLite result code.
/// https://www.sqlite.org/c3ref/busy_timeout.html
int momentlog_sqlite3_busy_timeout(void *connection, int milliseconds);

/// Has a connection ask `stops` after every so many instructions of its statements, with `context`,
/// whether it is to stop; nobody is asked any more if `stops` is NULL.
/// https://www.sqlite.org/c3ref/progress_handler.html
void momentlog_sqlite3_ask(void *connection, int instructions, int (*stops)(void *),
                           void *context);

/// Moves what it can of the WAL into the database, without waiting for anybody, and stores how many
/// frames the WAL has and how many of them are in the database. `truncates` says whether the WAL is
/// emptied where nobody reads it. Returns an SQLite result code; SQLITE_BUSY where somebody does.
/// https://www.sqlite.org/c3ref/wal_checkpoint_v2.html
int momentlog_sqlite3_checkpoint(void *connection, int truncates, int *frames, int *moved);

/// Whether the database file of a connection is no longer at its path: 1 or 0, or -1 if that is
/// unknown. https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlhasmoved
int momentlog_sqlite3_has_moved(void *connection);

/// What tells a file from all others, its size in bytes, how many names it has, and whether
/// something is mounted at the path.
struct momentlog_file {
  unsigned long long device, inode;
  long long size;
  unsigned links;
  int is_mount_point;
};

/// What else is known of a file: its type and mode, its owner, and when its content and it itself
/// were last changed, in nanoseconds since 1970.
struct momentlog_details {
  struct momentlog_file file;
  unsigned mode, owner, group;
  long long content_change, change;
};

/// Looks at the file of a descriptor, if there is no path, or at a path, but not through a link at
/// its end. Returns 0, or -1 and errno.
int momentlog_inspect(int descriptor, const char *path, struct momentlog_details *details);

/// The time that the kernel gives to a file that is changed now, in nanoseconds since 1970; it moves
/// in steps of some milliseconds.
long long momentlog_file_time(void);

/// Reads the attributes of the file of a descriptor, if there is no path, or of the file at a
/// path. Returns 0, or -1 and errno. It does not request the times: a file whose times were
/// queried gets a new one with its next write, and the next sync of a file nearby then waits for
/// that. https://docs.kernel.org/filesystems/multigrain-ts.html
int momentlog_inspect_file(int descriptor, const char *path, struct momentlog_file *file);

/// Exchanges what two names stand for, in one step; each is in a folder that is open, or in the
/// present one for AT_FDCWD. Returns 0, or -1 and errno.
/// https://man7.org/linux/man-pages/man2/rename.2.html (RENAME_EXCHANGE)
int momentlog_exchange(int first_folder, const char *first, int second_folder,
                       const char *second);

/// Renames a file or folder, likewise, unless the new name is taken: EEXIST then. On file systems
/// that cannot do this, a link and an unlink do it. Returns 0, or -1 and errno.
/// https://man7.org/linux/man-pages/man2/rename.2.html (RENAME_NOREPLACE)
int momentlog_rename_to_new(int old_folder, const char *old_name, int new_folder,
                            const char *new_name);

/// Writes all that is dirty of a file system to stable storage. Returns 0, or -1
/// and errno, also if writing anything back failed since the descriptor was opened.
/// https://man7.org/linux/man-pages/man2/syncfs.2.html
int momentlog_sync_file_system(int descriptor);

/// Takes a shared lock on one byte of a file, or releases it, without waiting. It belongs to the
/// descriptor, and knows nothing of flock's. Returns 0, or -1 and errno.
/// https://man7.org/linux/man-pages/man2/fcntl_locking.2.html (F_OFD_SETLK)
int momentlog_share_byte(int descriptor, long place, int shares);

/// The number of columns of the terminal behind a file descriptor, or 0.
int momentlog_terminal_columns(int descriptor);

/// Starts a program, found in PATH unless its name has a slash. Its standard input is /dev/null;
/// the other ends of its standard output and error are stored at `output` and `errors`. It leads
/// its own process group, and inherits neither signal settings nor other descriptors. The
/// kernel kills it when the calling thread ends, so this thread has to wait for it. Returns the
/// process ID, or -1 and errno; ENOENT if there is no such program.
/// https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
int momentlog_spawn(const char *program, char *const arguments[], char *const environment[],
                    int *output, int *errors);

/// Whether another open file has a lock on a range of bytes: 1 if so, 0 if not, -1 if that is
/// unknown. fcntl(2)'s F_OFD_GETLK, which is variadic.
int momentlog_is_locked(int descriptor, long start, long length);

/// The process that has a lock on a byte of a file, this process excepted: 0 if none has, -1 if
/// one has or may have that cannot be named. fcntl(2)'s F_GETLK, which is variadic.
int momentlog_lock_holder(int descriptor, long byte);

#endif
