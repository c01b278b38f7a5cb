#include "peer.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* From libvirt.h and libvirt-domain-checkpoint.h: what is public there never changes. */
enum { REDEFINE = 1, NO_DOMAIN = 2, METADATA_ONLY = 2 };

typedef struct {
  void *library, *connection, *domain;
  void *(*open)(const char *);
  int (*close)(void *);
  void *(*start)(void *, const char *, unsigned);
  int (*destroy)(void *);
  int (*free_domain)(void *);
  void *(*create)(void *, const char *, unsigned);
  int (*list)(void *, void ***, unsigned);
  void *(*look_up)(void *, const char *, unsigned);
  char *(*print)(void *, unsigned);
  int (*delete)(void *, unsigned);
  int (*free_checkpoint)(void *);
  void (*set_error_function)(void *, void *);
  void **listed;
  int count;
} peer;

static void silent(void *context, void *error) {
  (void)context;
  (void)error;
}

void *peer_open(const char *definition) {
  peer *made = calloc(1, sizeof *made);
  made->library = dlopen("libvirt.so.0", RTLD_NOW);
  if (!made->library) goto none;
#define find(member, name)                                      \
  *(void **)&made->member = dlsym(made->library, name);         \
  if (!made->member) goto none;
  find(open, "virConnectOpen");
  find(close, "virConnectClose");
  find(start, "virDomainCreateXML");
  find(destroy, "virDomainDestroy");
  find(free_domain, "virDomainFree");
  find(create, "virDomainCheckpointCreateXML");
  find(list, "virDomainListAllCheckpoints");
  find(look_up, "virDomainCheckpointLookupByName");
  find(print, "virDomainCheckpointGetXMLDesc");
  find(delete, "virDomainCheckpointDelete");
  find(free_checkpoint, "virDomainCheckpointFree");
  find(set_error_function, "virSetErrorFunc");
#undef find
  made->set_error_function(NULL, (void *)silent);
  made->connection = made->open("test:///default");
  if (!made->connection) goto none;
  made->domain = made->start(made->connection, definition, 0);
  if (!made->domain) goto none;
  return made;
none:
  free(made);
  return NULL;
}

void peer_close(void *opened) {
  peer *peer = opened;
  peer->destroy(peer->domain);
  peer->free_domain(peer->domain);
  peer->close(peer->connection);
  free(peer);
}

size_t peer_redefine(void *opened, const char *const *documents, size_t count) {
  peer *peer = opened;
  size_t done = 0;
  for (; done < count; done++) {
    void *made = peer->create(peer->domain, documents[done], REDEFINE);
    if (!made) break;
    peer->free_checkpoint(made);
  }
  return done;
}

size_t peer_list(void *opened) {
  size_t count = peer_begin_dump(opened);
  peer_end_dump(opened);
  return count;
}

size_t peer_begin_dump(void *opened) {
  peer *peer = opened;
  peer->count = peer->list(peer->domain, &peer->listed, 0);
  return peer->count < 0 ? 0 : (size_t)peer->count;
}

size_t peer_dump(void *opened) {
  peer *peer = opened;
  size_t bytes = 0;
  for (int index = 0; index < peer->count; index++) {
    char *text = peer->print(peer->listed[index], NO_DOMAIN);
    if (!text) return 0;
    bytes += strlen(text);
    free(text);
  }
  return bytes;
}

void peer_end_dump(void *opened) {
  peer *peer = opened;
  for (int index = 0; index < peer->count; index++) peer->free_checkpoint(peer->listed[index]);
  free(peer->listed);
  peer->listed = NULL;
  peer->count = 0;
}

size_t peer_delete(void *opened, const char *const *names, size_t count) {
  peer *peer = opened;
  size_t done = 0;
  for (; done < count; done++) {
    void *found = peer->look_up(peer->domain, names[count - 1 - done], 0);
    if (!found) break;
    int result = peer->delete(found, METADATA_ONLY);
    peer->free_checkpoint(found);
    if (result != 0) break;
  }
  return done;
}
