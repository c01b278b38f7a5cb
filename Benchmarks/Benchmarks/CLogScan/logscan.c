#include "logscan.h"

#include <sqlite3.h>
#include <stddef.h>
#include <string.h>

/* The SHA-256 that swift-crypto has brought along: the same on both sides. */
typedef struct {
  unsigned char state[256];
} sha256_context;
extern int CCryptoBoringSSL_SHA256_Init(void *context);
extern int CCryptoBoringSSL_SHA256_Update(void *context, const void *data, size_t size);
extern int CCryptoBoringSSL_SHA256_Final(unsigned char *digest, void *context);

static void hash(unsigned char prefix, const void *data, size_t size, unsigned char *digest) {
  _Alignas(16) sha256_context context;
  CCryptoBoringSSL_SHA256_Init(&context);
  CCryptoBoringSSL_SHA256_Update(&context, &prefix, 1);
  CCryptoBoringSSL_SHA256_Update(&context, data, size);
  CCryptoBoringSSL_SHA256_Final(digest, &context);
}

static unsigned char edge[65][32];
static int depth;

/* Adds a line to the tree, whose complete subtrees' roots are the edge. */
static void add(const void *line, size_t size, long long count) {
  unsigned char pair[64];
  hash(0x00, line, size, edge[depth++]);
  for (long long bits = count; bits & 1; bits >>= 1) {
    memcpy(pair, edge[depth - 2], 64);
    hash(0x01, pair, 64, edge[--depth - 1]);
  }
}

static void fold(unsigned char *root) {
  unsigned char pair[64];
  memcpy(root, edge[depth - 1], 32);
  for (int place = depth - 2; place >= 0; place--) {
    memcpy(pair, edge[place], 32);
    memcpy(pair + 32, root, 32);
    hash(0x01, pair, 64, root);
  }
}

static long long scan(const char *store, unsigned char *root, int checks_commits) {
  sqlite3 *database;
  sqlite3_stmt *rows, *commits;
  long long count = 0, ends = -1;
  depth = 0;
  if (sqlite3_open_v2(store, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) return -1;
  if (sqlite3_prepare_v2(database, "SELECT line FROM event ORDER BY sequence", -1, &rows,
                         NULL) != SQLITE_OK ||
      sqlite3_prepare_v2(database, "SELECT size, nodes FROM log_commit ORDER BY number", -1,
                         &commits, NULL) != SQLITE_OK)
    return -1;
  if (checks_commits && sqlite3_step(commits) == SQLITE_ROW)
    ends = sqlite3_column_int64(commits, 0);
  while (sqlite3_step(rows) == SQLITE_ROW) {
    const void *line = sqlite3_column_blob(rows, 0);
    add(line, (size_t)sqlite3_column_bytes(rows, 0), count);
    count++;
    if (count != ends) continue;
    /* What a commit keeps are the last nodes of the edge. */
    int size = sqlite3_column_bytes(commits, 1);
    if (size % 32 != 0 || size / 32 > depth ||
        memcmp(edge[depth - size / 32], sqlite3_column_blob(commits, 1), (size_t)size) != 0)
      return -1;
    ends = sqlite3_step(commits) == SQLITE_ROW ? sqlite3_column_int64(commits, 0) : -1;
  }
  sqlite3_finalize(rows);
  sqlite3_finalize(commits);
  sqlite3_close(database);
  fold(root);
  return count;
}

long long logscan_root(const char *store, unsigned char *root) { return scan(store, root, 0); }

long long logscan_commits(const char *store, unsigned char *root) { return scan(store, root, 1); }
