#include "raw.h"

#include <dirent.h>
#include <fcntl.h>
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is kept of a document. */
typedef struct {
  char name[256], parent[256], time[32], disk[256];
  char *text;
  size_t room;
  int depth, is_in_parent;
} document;

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int namespaces, const xmlChar **namespace,
                     int attributes, int defaulted, const xmlChar **attribute) {
  document *read = context;
  read->depth++;
  read->text = NULL;
  if (read->depth == 2) {
    read->is_in_parent = xmlStrEqual(name, BAD_CAST "parent");
    if (xmlStrEqual(name, BAD_CAST "name")) {
      read->text = read->name;
      read->room = sizeof read->name - 1;
    } else if (xmlStrEqual(name, BAD_CAST "creationTime")) {
      read->text = read->time;
      read->room = sizeof read->time - 1;
    }
  } else if (read->depth == 3 && read->is_in_parent) {
    read->text = read->parent;
    read->room = sizeof read->parent - 1;
  } else if (read->depth == 3 && xmlStrEqual(name, BAD_CAST "disk") && attributes > 0) {
    size_t size = (size_t)(attribute[4] - attribute[3]);
    if (size < sizeof read->disk) memcpy(read->disk, attribute[3], size);
  }
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri) {
  document *read = context;
  read->depth--;
  read->text = NULL;
}

static void on_characters(void *context, const xmlChar *text, int size) {
  document *read = context;
  if (!read->text) return;
  size_t taken = (size_t)size < read->room ? (size_t)size : read->room;
  memcpy(read->text, text, taken);
  read->text += taken;
  read->room -= taken;
}

static size_t load(const char *path, char *buffer, size_t room) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t size = read(file, buffer, room);
  close(file);
  return size < 0 ? 0 : (size_t)size;
}

/* What it leaves out: every check, who is whose parent, the definitions, the line's JSON, all
   hashes, the lease, the head file. The line has a usual length. */
size_t raw_import(const char *folder, void *store) {
  static char content[1 << 20], line[448];
  static const unsigned char hash[32 * 20];
  sqlite3_stmt *event, *commit;
  size_t done = 0;
  memset(line, 'x', sizeof line);
  xmlSAXHandler handler;
  memset(&handler, 0, sizeof handler);
  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = on_start;
  handler.endElementNs = on_end;
  handler.characters = on_characters;
  handler.ignorableWhitespace = on_characters;
  DIR *directory = opendir(folder);
  if (!directory) return 0;
  sqlite3_exec(store, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  sqlite3_prepare_v2(store,
                     "INSERT INTO event (sequence, domain, revision, kind, line)"
                     " VALUES ((SELECT max(sequence) + 1 FROM event), 1,"
                     " (SELECT max(revision) + 1 FROM event WHERE domain = 1), 5, ?)",
                     -1, &event, NULL);
  sqlite3_prepare_v2(store,
                     "INSERT INTO log_commit (number, size, nodes)"
                     " VALUES ((SELECT max(number) + 1 FROM log_commit),"
                     " (SELECT max(sequence) FROM event), ?)",
                     -1, &commit, NULL);
  for (struct dirent *entry; (entry = readdir(directory));) {
    char path[4096];
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    size_t size = load(path, content, sizeof content);
    document read;
    memset(&read, 0, sizeof read);
    if (xmlSAXUserParseMemory(&handler, &read, content, (int)size) != 0) break;
    sqlite3_bind_text(event, 1, line, sizeof line, SQLITE_STATIC);
    if (sqlite3_step(event) != SQLITE_DONE) break;
    sqlite3_reset(event);
    sqlite3_clear_bindings(event);
    done++;
  }
  sqlite3_bind_blob(commit, 1, hash, sizeof hash, SQLITE_STATIC);
  if (sqlite3_step(commit) != SQLITE_DONE) done = 0;
  if (sqlite3_exec(store, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) done = 0;
  sqlite3_finalize(event);
  sqlite3_finalize(commit);
  closedir(directory);
  return done;
}
