#ifndef MOMENTLOG_PEER_H
#define MOMENTLOG_PEER_H

#include <stddef.h>

/* libvirt's test driver in this process, through its C interface. The library is opened when it
   is asked for, so that what is built here needs neither it nor its headers. */

/* Starts a guest of a definition; returns NULL if there is no libvirt, or it refuses. */
void *peer_open(const char *definition);
void peer_close(void *peer);

/* Redefines checkpoints from documents; returns how many it took. */
size_t peer_redefine(void *peer, const char *const *documents, size_t count);

/* Lists all checkpoints, once; returns how many there are. */
size_t peer_list(void *peer);

/* Prints all checkpoints without the guest's definition; returns the bytes. The list, which is
   no part of that, is made by peer_begin_dump. */
size_t peer_begin_dump(void *peer);
size_t peer_dump(void *peer);
void peer_end_dump(void *peer);

/* Deletes checkpoints' metadata, one by one, the last of a list first; returns how many. */
size_t peer_delete(void *peer, const char *const *names, size_t count);

#endif
