#define _GNU_SOURCE
#include "CFaultVFS.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// MARK: What fails

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int armed_call = -1;
static long countdown;
static int is_for_ever;
static long failed_count;

void faultvfs_arm(int call, long nth, int for_ever) {
  pthread_mutex_lock(&guard);
  armed_call = call;
  countdown = nth;
  is_for_ever = for_ever;
  failed_count = 0;
  pthread_mutex_unlock(&guard);
}

long faultvfs_disarm(void) {
  pthread_mutex_lock(&guard);
  long count = failed_count;
  armed_call = -1;
  pthread_mutex_unlock(&guard);
  return count;
}

static int fails(int call) {
  int result = 0;
  pthread_mutex_lock(&guard);
  if (call == armed_call) {
    if (countdown > 0) countdown--;
    result = countdown == 0 && (is_for_ever || failed_count == 0);
    if (result) failed_count++;
  }
  pthread_mutex_unlock(&guard);
  return result;
}

// MARK: What is recorded

static pthread_mutex_t recording = PTHREAD_MUTEX_INITIALIZER;
static char *store;
static struct faultvfs_record *records;
static long record_count, record_room;
static unsigned char last_head[4096];
static long last_head_length = -1;

static void add(int step, int file, long long offset, const void *bytes, long long length) {
  if (record_count == record_room) {
    record_room = record_room ? 2 * record_room : 1024;
    records = realloc(records, record_room * sizeof *records);
    if (!records) abort();
  }
  unsigned char *copy = 0;
  if (bytes && length > 0) {
    copy = malloc(length);
    if (!copy) abort();
    memcpy(copy, bytes, length);
  }
  records[record_count++] = (struct faultvfs_record){step, file, offset, length, copy};
}

/// Records the head file's content if it is another one by now.
static void look_at_head(void) {
  char path[4096];
  if (strlen(store) + 6 > sizeof path) abort();
  strcat(strcpy(path, store), ".head");
  unsigned char bytes[sizeof last_head];
  long length = -1;
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    length = pread(descriptor, bytes, sizeof bytes, 0);
    close(descriptor);
  }
  if (length < 0) return;
  if (length == last_head_length && memcmp(bytes, last_head, length) == 0) return;
  memcpy(last_head, bytes, length);
  last_head_length = length;
  add(FAULTVFS_REPLACED, FAULTVFS_HEAD, 0, bytes, length);
}

void faultvfs_record_store(const char *path) {
  pthread_mutex_lock(&recording);
  free(store);
  store = path ? strdup(path) : 0;
  if (store) {
    for (long index = 0; index < record_count; index++) free((void *)records[index].bytes);
    record_count = 0;
    last_head_length = -1;
  }
  pthread_mutex_unlock(&recording);
}

static int file_number(const char *path) {
  if (!store || !path) return -1;
  size_t length = strlen(store);
  if (strncmp(path, store, length) != 0) return -1;
  const char *suffix = path + length;
  if (!*suffix) return FAULTVFS_DATABASE;
  if (strcmp(suffix, "-wal") == 0) return FAULTVFS_WAL;
  if (strcmp(suffix, "-journal") == 0) return FAULTVFS_JOURNAL;
  return -1;
}

static void record(const char *path, int step, long long offset, const void *bytes,
                   long long length) {
  pthread_mutex_lock(&recording);
  int file = file_number(path);
  if (file >= 0) {
    look_at_head();
    add(step, file, offset, bytes, length);
  }
  pthread_mutex_unlock(&recording);
}

void faultvfs_mark(long long number) {
  pthread_mutex_lock(&recording);
  if (store) {
    look_at_head();
    add(FAULTVFS_MARKED, -1, number, 0, 0);
  }
  pthread_mutex_unlock(&recording);
}

long faultvfs_count(void) { return record_count; }

struct faultvfs_record faultvfs_at(long index) { return records[index]; }

// MARK: Files

static sqlite3_vfs *below;

struct fault_file {
  sqlite3_file base;
  const char *path;
  /// Whether the next sync of it is one of its folder, too, as SQLite does for the journals
  /// that it opens to be made.
  int syncs_folder;
};

static sqlite3_file *real(sqlite3_file *file) {
  return (sqlite3_file *)((struct fault_file *)file + 1);
}

static const char *path_of(sqlite3_file *file) { return ((struct fault_file *)file)->path; }

static int file_close(sqlite3_file *file) { return real(file)->pMethods->xClose(real(file)); }

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  if (fails(FAULTVFS_READ)) return SQLITE_IOERR_READ;
  return real(file)->pMethods->xRead(real(file), bytes, count, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  if (fails(FAULTVFS_WRITE)) return SQLITE_IOERR_WRITE;
  int is_full = fails(FAULTVFS_FULL);
  if (is_full || fails(FAULTVFS_SHORT_WRITE)) {
    record(path_of(file), FAULTVFS_WROTE, offset, bytes, count / 2);
    real(file)->pMethods->xWrite(real(file), bytes, count / 2, offset);
    return is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }
  record(path_of(file), FAULTVFS_WROTE, offset, bytes, count);
  return real(file)->pMethods->xWrite(real(file), bytes, count, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
  if (fails(FAULTVFS_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
  record(path_of(file), FAULTVFS_TRUNCATED, size, 0, 0);
  return real(file)->pMethods->xTruncate(real(file), size);
}

static int file_sync(sqlite3_file *file, int flags) {
  if (fails(FAULTVFS_SYNC)) {
    record(path_of(file), FAULTVFS_SYNC_FAILED, 0, 0, 0);
    return SQLITE_IOERR_FSYNC;
  }
  int result = real(file)->pMethods->xSync(real(file), flags);
  record(path_of(file), result == SQLITE_OK ? FAULTVFS_SYNCED : FAULTVFS_SYNC_FAILED, 0, 0, 0);
  struct fault_file *ours = (struct fault_file *)file;
  if (result == SQLITE_OK && ours->syncs_folder) {
    record(path_of(file), FAULTVFS_FOLDER_SYNCED, 0, 0, 0);
    ours->syncs_folder = 0;
  }
  return result;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
  if (fails(FAULTVFS_SIZE)) return SQLITE_IOERR_FSTAT;
  return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int level) {
  if (fails(FAULTVFS_LOCK)) return SQLITE_IOERR_LOCK;
  return real(file)->pMethods->xLock(real(file), level);
}

static int file_unlock(sqlite3_file *file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}

static int file_is_reserved(sqlite3_file *file, int *result) {
  if (fails(FAULTVFS_LOCK)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file) {
  return real(file)->pMethods->xSectorSize(real(file));
}

static int file_characteristics(sqlite3_file *file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extends,
                        void volatile **memory) {
  if (fails(FAULTVFS_SHM_MAP)) return SQLITE_IOERR_SHMMAP;
  return real(file)->pMethods->xShmMap(real(file), page, size, extends, memory);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
  // Releasing a lock cannot fail: SQLite ignores the result.
  if ((flags & SQLITE_SHM_LOCK) && fails(FAULTVFS_SHM_LOCK)) return SQLITE_IOERR_SHMLOCK;
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) {
  real(file)->pMethods->xShmBarrier(real(file));
}

static int file_shm_unmap(sqlite3_file *file, int removes) {
  return real(file)->pMethods->xShmUnmap(real(file), removes);
}

// Of version 2: what is mapped into memory would pass by.
static const sqlite3_io_methods methods = {
    2,
    file_close,
    file_read,
    file_write,
    file_truncate,
    file_sync,
    file_size,
    file_lock,
    file_unlock,
    file_is_reserved,
    file_control,
    file_sector_size,
    file_characteristics,
    file_shm_map,
    file_shm_lock,
    file_shm_barrier,
    file_shm_unmap,
    0,
    0,
};

// MARK: The file system

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *out_flags) {
  (void)vfs;
  file->pMethods = 0;
  if (fails(FAULTVFS_OPEN)) return SQLITE_CANTOPEN;
  ((struct fault_file *)file)->path = name;
  // https://www.sqlite.org/src/file/src/os_unix.c: isNewJrnl in unixOpen.
  ((struct fault_file *)file)->syncs_folder =
      (flags & SQLITE_OPEN_CREATE) &&
      (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL));
  int result = below->xOpen(below, name, real(file), flags, out_flags);
  // SQLite closes what has methods, also where opening failed.
  if (real(file)->pMethods) file->pMethods = &methods;
  return result;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int syncs) {
  (void)vfs;
  if (fails(FAULTVFS_DELETE)) return SQLITE_IOERR_DELETE;
  int result = below->xDelete(below, name, syncs);
  if (result == SQLITE_OK) {
    record(name, FAULTVFS_DELETED, 0, 0, 0);
    if (syncs) record(name, FAULTVFS_FOLDER_SYNCED, 0, 0, 0);
  }
  return result;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  (void)vfs;
  if (fails(FAULTVFS_ACCESS)) return SQLITE_IOERR_ACCESS;
  return below->xAccess(below, name, flags, result);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int count, char *path) {
  (void)vfs;
  return below->xFullPathname(below, name, count, path);
}

static sqlite3_vfs vfs;

int faultvfs_install(void) {
  below = sqlite3_vfs_find(0);
  if (!below) return SQLITE_ERROR;
  // Time, chance and loading are as they were.
  vfs = *below;
  vfs.iVersion = below->iVersion < 2 ? below->iVersion : 2;
  vfs.pNext = 0;
  vfs.zName = "fault";
  vfs.szOsFile = (int)sizeof(struct fault_file) + below->szOsFile;
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.xAccess = vfs_access;
  vfs.xFullPathname = vfs_full_path;
  return sqlite3_vfs_register(&vfs, 1);
}

// MARK: Memory

static sqlite3_mem_methods memory_below;

static void *memory_allocate(int size) {
  return fails(FAULTVFS_MEMORY) ? 0 : memory_below.xMalloc(size);
}

static void *memory_reallocate(void *memory, int size) {
  return fails(FAULTVFS_MEMORY) ? 0 : memory_below.xRealloc(memory, size);
}

int faultvfs_install_allocator(void) {
  int result = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory_below);
  if (result != SQLITE_OK) return result;
  sqlite3_mem_methods methods = memory_below;
  methods.xMalloc = memory_allocate;
  methods.xRealloc = memory_reallocate;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
