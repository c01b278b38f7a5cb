#ifndef MOMENTLOG_RAW_H
#define MOMENTLOG_RAW_H

#include <stddef.h>

/* What a plain C program needs for the same work: the limits that ratios are against. */

/* Runs libxml2's SAX2 parser over a document; returns how much it reported. */
size_t raw_parse(const char *document, size_t size);

/* Writes the pieces of a document, `times` times, with fwrite through one buffer to
   nowhere; returns the bytes. */
size_t raw_write(const char *const *pieces, const size_t *sizes, size_t count, size_t times);

/* Writes a checkpoint's document around a definition, `times` times, with libxml2's
   xmlTextWriter into memory; returns the bytes. */
size_t raw_text_writer(const char *definition, size_t times);

/* Builds a tree of named checkpoints in arrays: a table of the names, and each one's parent,
   first child and next sibling by number. A parent is NULL for a root. Returns how many are
   reached from the roots. It leaves out every check, and keeps the names where they are. */
size_t raw_tree(const char *const *names, const char *const *parents, size_t count);

/* Opens a store's database with SQLite alone; returns NULL if it cannot. It stays open, as
   momentlog's does: a WAL that is created again costs more to sync. */
void *raw_open(const char *path);
void raw_close(void *store);

/* Appends commits of two events each, a transaction and a sync each; returns how many. */
size_t raw_commit(void *store, const char *line, size_t line_size, size_t commits);

/* Reads the lines that a replay reads, domain by domain, as strictly as their form needs, and
   keeps a table of the names; returns how many events there were. */
size_t raw_replay(void *store);

/* Reads all lines in the log's order, as strictly as their form needs, and keeps nothing; returns
   how many of them are events of checkpoints. */
size_t raw_decode(void *store);

/* The bytes that this process has of its heap, those of large blocks included. */
size_t raw_heap(void);

/* Reads all files of a folder, parses each with libxml2, and inserts what was parsed into a
   store that is opened, all in one transaction; returns the documents. */
size_t raw_import(const char *folder, void *store);

#endif
