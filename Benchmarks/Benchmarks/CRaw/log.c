#include "raw.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static int run(sqlite3 *database, const char *sql) {
  return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

static int frames_of_last_commit;

static int count_frames(void *context, sqlite3 *database, const char *name, int frames) {
  (void)context;
  (void)database;
  (void)name;
  frames_of_last_commit = frames;
  return SQLITE_OK;
}

/* A trigger asks it before each insertion. */
static void lease(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  (void)values;
  sqlite3_result_int(context, 1);
}

/* As momentlog does: WAL, FULL, checkpoints by hand. */
void *raw_open(const char *path) {
  sqlite3 *database = NULL;
  if (sqlite3_open(path, &database) != SQLITE_OK) return NULL;
  if (run(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                    "PRAGMA wal_autocheckpoint = 0") != SQLITE_OK)
    return NULL;
  if (sqlite3_create_function(database, "momentlog_lease", 0, SQLITE_UTF8, NULL, lease, NULL,
                              NULL) != SQLITE_OK)
    return NULL;
  sqlite3_wal_hook(database, count_frames, NULL);
  return database;
}

static sqlite3_int64 number(sqlite3 *database, const char *sql) {
  sqlite3_stmt *statement;
  sqlite3_int64 result = 0;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) return 0;
  if (sqlite3_step(statement) == SQLITE_ROW) result = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return result;
}

/* What it leaves out: deciding, the line's JSON, all hashes, the lease, the head file. */
size_t raw_commit(void *store, const char *line, size_t line_size, size_t commits) {
  static const unsigned char hash[32];
  sqlite3 *database = store;
  sqlite3_stmt *begin, *end, *event, *commit;
  size_t done = 0;
  sqlite3_prepare_v2(database, "BEGIN IMMEDIATE", -1, &begin, NULL);
  sqlite3_prepare_v2(database, "COMMIT", -1, &end, NULL);
  sqlite3_prepare_v2(database,
                     "INSERT INTO event (sequence, domain, revision, kind, line)"
                     " VALUES (?, ?, ?, ?, ?)",
                     -1, &event, NULL);
  sqlite3_prepare_v2(database,
                     "INSERT INTO log_commit (number, size, nodes) VALUES (?, ?, ?)",
                     -1, &commit, NULL);
  sqlite3_int64 sequence = number(database, "SELECT max(sequence) FROM event");
  sqlite3_int64 revision = number(database, "SELECT max(revision) FROM event WHERE domain = 1");
  sqlite3_int64 last = number(database, "SELECT max(number) FROM log_commit");
  for (; done < commits; done++) {
    sqlite3_step(begin);
    sqlite3_reset(begin);
    last++;
    /* checkpointCreated, then currentSet. */
    for (int kind = 4; kind <= 7; kind += 3) {
      sqlite3_bind_int64(event, 1, ++sequence);
      sqlite3_bind_int64(event, 2, 1);
      sqlite3_bind_int64(event, 3, ++revision);
      sqlite3_bind_int(event, 4, kind);
      sqlite3_bind_text(event, 5, line, (int)(kind == 4 ? line_size : line_size / 2),
                        SQLITE_STATIC);
      if (sqlite3_step(event) != SQLITE_DONE) return 0;
      sqlite3_reset(event);
      sqlite3_clear_bindings(event);
    }
    sqlite3_bind_int64(commit, 1, last);
    sqlite3_bind_int64(commit, 2, sequence);
    /* Two leaves complete as many subtrees as the size has not shared before, mostly one. */
    sqlite3_bind_blob(commit, 3, hash, 32, SQLITE_STATIC);
    if (sqlite3_step(commit) != SQLITE_DONE) return 0;
    sqlite3_reset(commit);
    if (sqlite3_step(end) != SQLITE_DONE) return 0;
    sqlite3_reset(end);
    if (frames_of_last_commit > 1000) run(database, "PRAGMA wal_checkpoint(PASSIVE)");
  }
  sqlite3_finalize(begin);
  sqlite3_finalize(end);
  sqlite3_finalize(event);
  sqlite3_finalize(commit);
  return done;
}

void raw_close(void *store) { sqlite3_close(store); }
