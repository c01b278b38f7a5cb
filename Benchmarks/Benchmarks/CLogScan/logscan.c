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

long long logscan_root(const char *store, unsigned char *root) {
  static unsigned char edge[65][32];
  unsigned char pair[64];
  sqlite3 *database;
  sqlite3_stmt *rows;
  long long count = 0;
  int depth = 0;
  if (sqlite3_open_v2(store, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) return -1;
  if (sqlite3_prepare_v2(database, "SELECT line FROM event ORDER BY sequence", -1, &rows,
                         NULL) != SQLITE_OK)
    return -1;
  while (sqlite3_step(rows) == SQLITE_ROW) {
    const void *line = sqlite3_column_blob(rows, 0);
    hash(0x00, line, (size_t)sqlite3_column_bytes(rows, 0), edge[depth++]);
    for (long long bits = count; bits & 1; bits >>= 1) {
      memcpy(pair, edge[depth - 2], 64);
      hash(0x01, pair, 64, edge[--depth - 1]);
    }
    count++;
  }
  sqlite3_finalize(rows);
  sqlite3_close(database);
  while (depth > 1) {
    memcpy(pair, edge[depth - 2], 64);
    hash(0x01, pair, 64, edge[--depth - 1]);
  }
  memcpy(root, edge[0], 32);
  return count;
}
