#define _GNU_SOURCE
#include "CShims.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// An SQLite VFS (https://www.sqlite.org/vfs.html) whose database and WAL are descriptors that are
// open already. It never opens a path, so nobody can put another file there; it never closes a
// descriptor, which would drop the locks that other connections of this process hold on the file
// (https://www.sqlite.org/howtocorrupt.html); it takes no locks and has no shared memory, so
// SQLite keeps the index of a WAL in the process, in exclusive locking mode.

struct descriptor_file {
  sqlite3_file base;
  int descriptor;
};

static int descriptor_of(sqlite3_file *file) { return ((struct descriptor_file *)file)->descriptor; }

static int close_nothing(sqlite3_file *file) {
  (void)file;
  return SQLITE_OK;
}

static int read_at(sqlite3_file *file, void *buffer, int count, sqlite3_int64 place) {
  char *rest = buffer;
  while (count > 0) {
    ssize_t done = pread(descriptor_of(file), rest, (size_t)count, place);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return SQLITE_IOERR_READ;
    if (done == 0) break;
    rest += done;
    count -= (int)done;
    place += done;
  }
  if (count == 0) return SQLITE_OK;
  memset(rest, 0, (size_t)count);
  return SQLITE_IOERR_SHORT_READ;
}

static int write_at(sqlite3_file *file, const void *buffer, int count, sqlite3_int64 place) {
  const char *rest = buffer;
  while (count > 0) {
    ssize_t done = pwrite(descriptor_of(file), rest, (size_t)count, place);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    rest += done;
    count -= (int)done;
    place += done;
  }
  return SQLITE_OK;
}

static int truncate_to(sqlite3_file *file, sqlite3_int64 size) {
  return ftruncate(descriptor_of(file), size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int sync_file(sqlite3_file *file, int flags) {
  (void)flags;
  return fsync(descriptor_of(file)) == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int size_of(sqlite3_file *file, sqlite3_int64 *size) {
  struct stat status;
  if (fstat(descriptor_of(file), &status) != 0) return SQLITE_IOERR_FSTAT;
  *size = status.st_size;
  return SQLITE_OK;
}

static int lock_nothing(sqlite3_file *file, int level) {
  (void)file;
  (void)level;
  return SQLITE_OK;
}

static int is_not_reserved(sqlite3_file *file, int *result) {
  (void)file;
  *result = 0;
  return SQLITE_OK;
}

static int control_nothing(sqlite3_file *file, int operation, void *argument) {
  (void)file;
  (void)operation;
  (void)argument;
  return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *file) {
  (void)file;
  return 4096;
}

static int characteristics(sqlite3_file *file) {
  (void)file;
  return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_nothing,
    .xRead = read_at,
    .xWrite = write_at,
    .xTruncate = truncate_to,
    .xSync = sync_file,
    .xFileSize = size_of,
    .xLock = lock_nothing,
    .xUnlock = lock_nothing,
    .xCheckReservedLock = is_not_reserved,
    .xFileControl = control_nothing,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

static sqlite3_vfs *standard(sqlite3_vfs *vfs) { return vfs->pAppData; }

static int open_descriptor(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                           int *output_flags) {
  int is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0, is_wal = (flags & SQLITE_OPEN_WAL) != 0;
  // What SQLite sorts in goes where it always goes.
  if (!name) return standard(vfs)->xOpen(standard(vfs), name, file, flags, output_flags);
  file->pMethods = 0;
  if (!is_database && !is_wal) return SQLITE_CANTOPEN;
  sqlite3_int64 descriptor = sqlite3_uri_int64(name, is_wal ? "wal" : "db", -1);
  if (descriptor < 0) return SQLITE_CANTOPEN;
  ((struct descriptor_file *)file)->descriptor = (int)descriptor;
  file->pMethods = &methods;
  int writes = is_database && sqlite3_uri_boolean(name, "writes", 0);
  int given = flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_READONLY | SQLITE_OPEN_CREATE);
  if (output_flags) *output_flags = given | (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  return SQLITE_OK;
}

static int delete_nothing(sqlite3_vfs *vfs, const char *name, int syncs) {
  (void)vfs;
  (void)name;
  (void)syncs;
  return SQLITE_READONLY;
}

static int is_there(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  (void)vfs;
  (void)flags;
  size_t length = strlen(name);
  *result = length > 4 && strcmp(name + length - 4, "-wal") == 0 &&
            sqlite3_uri_int64(name, "wal", -1) >= 0;
  return SQLITE_OK;
}

static int full_name(sqlite3_vfs *vfs, const char *name, int count, char *output) {
  (void)vfs;
  sqlite3_snprintf(count, output, "%s", name);
  return SQLITE_OK;
}

static int random_bytes(sqlite3_vfs *vfs, int count, char *output) {
  return standard(vfs)->xRandomness(standard(vfs), count, output);
}

static int sleep_for(sqlite3_vfs *vfs, int microseconds) {
  return standard(vfs)->xSleep(standard(vfs), microseconds);
}

static int julian_day(sqlite3_vfs *vfs, double *result) {
  return standard(vfs)->xCurrentTime(standard(vfs), result);
}

static int last_error(sqlite3_vfs *vfs, int count, char *output) {
  return standard(vfs)->xGetLastError(standard(vfs), count, output);
}

static sqlite3_vfs descriptors;
static int result_of_registration = SQLITE_OK;

// The standard VFS, but that it makes no file of a store: SQLite would make a WAL for a connection
// that only reads, if the last writer removes it at that moment.

static sqlite3_vfs existing;

static int open_existing(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                         int *output_flags) {
  (void)vfs;
  if (name && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))) flags &= ~SQLITE_OPEN_CREATE;
  sqlite3_vfs *found = descriptors.pAppData;
  return found->xOpen(found, name, file, flags, output_flags);
}

static void register_once(void) {
  sqlite3_vfs *found = sqlite3_vfs_find(0);
  if (!found) {
    result_of_registration = SQLITE_ERROR;
    return;
  }
  descriptors.iVersion = 1;
  descriptors.szOsFile = (int)sizeof(struct descriptor_file) > found->szOsFile
                             ? (int)sizeof(struct descriptor_file)
                             : found->szOsFile;
  descriptors.mxPathname = 512;
  descriptors.zName = "momentlog-descriptors";
  descriptors.pAppData = found;
  descriptors.xOpen = open_descriptor;
  descriptors.xDelete = delete_nothing;
  descriptors.xAccess = is_there;
  descriptors.xFullPathname = full_name;
  descriptors.xRandomness = random_bytes;
  descriptors.xSleep = sleep_for;
  descriptors.xCurrentTime = julian_day;
  descriptors.xGetLastError = last_error;
  existing = *found;
  existing.pNext = 0;
  existing.zName = "momentlog-existing";
  existing.xOpen = open_existing;
  result_of_registration = sqlite3_vfs_register(&descriptors, 0);
  if (result_of_registration == SQLITE_OK)
    result_of_registration = sqlite3_vfs_register(&existing, 0);
}

int momentlog_register_reading_vfs(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, register_once);
  return result_of_registration;
}
