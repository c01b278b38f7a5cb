#ifndef MOMENTLOG_LOGSCAN_H
#define MOMENTLOG_LOGSCAN_H

/* What a plain C program needs to recompute the root of a log. */

/* Reads the lines of all events of a store and hashes leaves and nodes of their Merkle tree.
   Returns how many there are, or -1; the root is left in `root`, 32 bytes. */
long long logscan_root(const char *store, unsigned char *root);

/* The same, and each commit's root and edge are computed and compared. It leaves out the
   columns beside the lines. Returns -1 where one is another. */
long long logscan_commits(const char *store, unsigned char *root);

#endif
