#include "raw.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A table of names with open addressing, each name in its own memory. */
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

/* A strict reader of canonical lines: what does not follow as it must ends it. */
typedef struct {
  const char *at, *end;
  int is_good;
} cursor;

static int pass(cursor *line, const char *text) {
  size_t size = strlen(text);
  if ((size_t)(line->end - line->at) < size || memcmp(line->at, text, size) != 0) return 0;
  line->at += size;
  return 1;
}

static void expect(cursor *line, const char *text) {
  if (!pass(line, text)) line->is_good = 0;
}

static long long number(cursor *line) {
  long long value = 0;
  int is_negative = pass(line, "-");
  if (line->at == line->end || *line->at < '0' || *line->at > '9') line->is_good = 0;
  while (line->at < line->end && *line->at >= '0' && *line->at <= '9')
    value = value * 10 + (*line->at++ - '0');
  return is_negative ? -value : value;
}

/* Copies a text to a buffer, if there is one; its escapes are left in it. */
static void text(cursor *line, char *copy, size_t room) {
  expect(line, "\"");
  const char *start = line->at;
  while (line->at < line->end && *line->at != '"') {
    if ((unsigned char)*line->at < 0x20) line->is_good = 0;
    line->at += *line->at == '\\' ? 2 : 1;
  }
  size_t size = (size_t)(line->at - start);
  expect(line, "\"");
  if (!copy || !line->is_good) return;
  if (size >= room) size = room - 1;
  memcpy(copy, start, size);
  copy[size] = 0;
}

static void optional(cursor *line, char *copy, size_t room) {
  if (copy) *copy = 0;
  if (!pass(line, "null")) text(line, copy, room);
}

static void origin(cursor *line) {
  expect(line, ",\"origin\":{\"kind\":");
  text(line, NULL, 0);
  while (pass(line, ",")) {
    text(line, NULL, 0);
    expect(line, ":");
    text(line, NULL, 0);
  }
  expect(line, "}");
}

static void disks(cursor *line) {
  expect(line, ",\"disks\":[");
  while (pass(line, "{\"name\":") || pass(line, ",{\"name\":")) {
    text(line, NULL, 0);
    expect(line, ",\"checkpoint\":");
    text(line, NULL, 0);
    expect(line, ",\"bitmap\":");
    optional(line, NULL, 0);
    expect(line, "}");
  }
  expect(line, "]");
}

/* Reads a line of the kinds that checkpoints have; returns whether it is one. */
static int parse(cursor *line, char *kind, char *name, char *parent, size_t room) {
  expect(line, "{\"sequence\":");
  number(line);
  expect(line, ",\"commit\":");
  number(line);
  expect(line, ",\"revision\":");
  number(line);
  expect(line, ",\"domain\":");
  optional(line, NULL, 0);
  if (pass(line, ",\"domainId\":")) number(line);
  expect(line, ",\"time\":");
  text(line, NULL, 0);
  if (pass(line, ",\"clock\":")) text(line, NULL, 0);
  expect(line, ",\"event\":");
  text(line, kind, room);
  expect(line, ",\"version\":");
  number(line);
  expect(line, ",\"actor\":");
  text(line, NULL, 0);
  if (pass(line, ",\"uid\":")) {
    number(line);
    expect(line, ",\"host\":");
    text(line, NULL, 0);
  }
  if (pass(line, ",\"reason\":")) text(line, NULL, 0);
  origin(line);
  if (pass(line, ",\"request\":")) text(line, NULL, 0);
  *name = *parent = 0;
  if (pass(line, ",\"checkpoint\":")) optional(line, name, room);
  if (pass(line, ",\"parent\":")) {
    optional(line, parent, room);
    expect(line, ",\"creationTime\":");
    number(line);
    expect(line, ",\"description\":");
    optional(line, NULL, 0);
    disks(line);
    expect(line, ",\"definition\":");
    optional(line, NULL, 0);
  }
  return line->is_good;
}

size_t raw_decode(void *store) {
  sqlite3_stmt *events;
  size_t seen = 0;
  char kind[64], name[256], parent[256];
  sqlite3_prepare_v2(store, "SELECT line FROM event ORDER BY sequence", -1, &events, NULL);
  while (sqlite3_step(events) == SQLITE_ROW) {
    const char *bytes = sqlite3_column_blob(events, 0);
    cursor line = {bytes, bytes + sqlite3_column_bytes(events, 0), 1};
    seen += parse(&line, kind, name, parent, sizeof name) != 0;
  }
  sqlite3_finalize(events);
  return seen;
}

/* What it leaves out: the graph itself, every check of values, and copies but of names. */
size_t raw_replay(void *store) {
  sqlite3_stmt *domains, *events;
  size_t seen = 0;
  char kind[64], name[256], parent[256];
  sqlite3_prepare_v2(store, "SELECT id FROM domain ORDER BY id", -1, &domains, NULL);
  sqlite3_prepare_v2(store,
                     "SELECT line, revision, kind FROM event WHERE domain = ? AND revision > 0"
                     " ORDER BY revision",
                     -1, &events, NULL);
  while (sqlite3_step(domains) == SQLITE_ROW) {
    name_table table = {calloc(16, sizeof(char *)), 16, 0};
    sqlite3_bind_int64(events, 1, sqlite3_column_int64(domains, 0));
    while (sqlite3_step(events) == SQLITE_ROW) {
      const char *bytes = sqlite3_column_blob(events, 0);
      cursor line = {bytes, bytes + sqlite3_column_bytes(events, 0), 1};
      if (!parse(&line, kind, name, parent, sizeof name)) return 0;
      seen += sqlite3_column_int64(events, 1) > 0;
      int number = sqlite3_column_int(events, 2);
      if (number == 4 || number == 5) {
        if (*parent) insert(&table, parent);
        insert(&table, name);
      } else if (*name) {
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
