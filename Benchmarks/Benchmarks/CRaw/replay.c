#include "raw.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A table of names with open addressing, each name in memory of its own. */
typedef struct {
  char **names;
  size_t places, taken;
} name_table;

static uint64_t hash(const char *name) {
  uint64_t value = 1469598103934665603u;
  for (; *name; name++) value = (value ^ (unsigned char)*name) * 1099511628211u;
  return value ^ value >> 29;
}

static size_t find(const name_table *table, const char *name) {
  size_t place = hash(name) & (table->places - 1);
  while (table->names[place] && strcmp(table->names[place], name) != 0)
    place = (place + 1) & (table->places - 1);
  return place;
}

static void grow(name_table *table) {
  name_table larger = {calloc(table->places * 2, sizeof(char *)), table->places * 2, table->taken};
  for (size_t place = 0; place < table->places; place++)
    if (table->names[place]) larger.names[find(&larger, table->names[place])] = table->names[place];
  free(table->names);
  *table = larger;
}

static size_t insert(name_table *table, const char *name) {
  if ((table->taken + 1) * 3 > table->places * 2) grow(table);
  size_t place = find(table, name);
  if (!table->names[place]) {
    table->names[place] = strdup(name);
    table->taken++;
  }
  return place;
}

static void drop(name_table *table) {
  for (size_t place = 0; place < table->places; place++) free(table->names[place]);
  free(table->names);
}

/* As raw_replay, if events told of checkpoints by numbers: a name is only kept, never looked
   for. The columns that are there stand in for those of the numbers. */
size_t raw_identities(void *store) {
  sqlite3_stmt *domains, *events;
  size_t seen = 0;
  sqlite3_prepare_v2(store, "SELECT id FROM domain ORDER BY id", -1, &domains, NULL);
  sqlite3_prepare_v2(store,
                     "SELECT revision, kind, checkpoint, number, creation_time, disks,"
                     " definition, claims, description, CASE WHEN kind < 4 THEN line END,"
                     " disk, verdict"
                     " FROM event WHERE domain = ? AND revision > 0 ORDER BY revision",
                     -1, &events, NULL);
  while (sqlite3_step(domains) == SQLITE_ROW) {
    size_t count = 0, room = 16;
    char **names = calloc(room, sizeof(char *));
    sqlite3_bind_int64(events, 1, sqlite3_column_int64(domains, 0));
    while (sqlite3_step(events) == SQLITE_ROW) {
      seen += sqlite3_column_int64(events, 0) > 0;
      int kind = sqlite3_column_int(events, 1);
      seen += sqlite3_column_int64(events, 3) < 0;
      if (kind == 4 || kind == 5) {
        seen += (sqlite3_column_int64(events, 4) + sqlite3_column_int64(events, 5) +
                 sqlite3_column_int64(events, 6) + sqlite3_column_int64(events, 7)) < 0;
        const char *description = (const char *)sqlite3_column_text(events, 8);
        seen += description && !*description;
        const char *name = (const char *)sqlite3_column_text(events, 2);
        if (count == room) names = realloc(names, (room *= 2) * sizeof(char *));
        if (name) names[count++] = strdup(name);
      } else if (kind < 4) {
        seen += sqlite3_column_bytes(events, 9) == 0;
      }
    }
    sqlite3_reset(events);
    while (count > 0) free(names[--count]);
    free(names);
  }
  sqlite3_finalize(domains);
  sqlite3_finalize(events);
  return seen;
}

/* What it leaves out: the graph itself, and every check. */
size_t raw_replay(void *store) {
  sqlite3_stmt *domains, *events;
  size_t seen = 0;
  sqlite3_prepare_v2(store, "SELECT id FROM domain ORDER BY id", -1, &domains, NULL);
  sqlite3_prepare_v2(store,
                     "SELECT revision, kind, checkpoint, parent, creation_time, disks,"
                     " definition, claims, description, CASE WHEN kind < 4 THEN line END,"
                     " disk, verdict"
                     " FROM event WHERE domain = ? AND revision > 0 ORDER BY revision",
                     -1, &events, NULL);
  while (sqlite3_step(domains) == SQLITE_ROW) {
    name_table table = {calloc(16, sizeof(char *)), 16, 0};
    sqlite3_bind_int64(events, 1, sqlite3_column_int64(domains, 0));
    while (sqlite3_step(events) == SQLITE_ROW) {
      seen += sqlite3_column_int64(events, 0) > 0;
      int kind = sqlite3_column_int(events, 1);
      const char *name = (const char *)sqlite3_column_text(events, 2);
      const char *parent = (const char *)sqlite3_column_text(events, 3);
      if (kind == 4 || kind == 5) {
        seen += (sqlite3_column_int64(events, 4) + sqlite3_column_int64(events, 5) +
                 sqlite3_column_int64(events, 6) + sqlite3_column_int64(events, 7)) < 0;
        const char *description = (const char *)sqlite3_column_text(events, 8);
        seen += description && !*description;
        if (parent) insert(&table, parent);
        if (name) insert(&table, name);
      } else if (kind < 4) {
        seen += sqlite3_column_bytes(events, 9) == 0;
      } else if (name) {
        seen += find(&table, name) == table.places;
      }
    }
    sqlite3_reset(events);
    drop(&table);
  }
  sqlite3_finalize(domains);
  sqlite3_finalize(events);
  return seen;
}
