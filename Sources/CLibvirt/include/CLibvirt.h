#ifndef MOMENTLOG_CLIBVIRT_H
#define MOMENTLOG_CLIBVIRT_H

/// The calls of libvirt.so.0 that momentlog makes, with declarations of our own: the library is
/// loaded when one of its users runs, so that it is needed neither to build nor to start.
///
/// Source: <https://libvirt.org/html/index.html>. Every function but momentlog_libvirt_load() may
/// be called only after that one has returned NULL. Errors are kept for each thread: read them on
/// the thread of the call.

typedef struct momentlog_connection momentlog_connection;
typedef struct momentlog_domain momentlog_domain;
typedef struct momentlog_checkpoint momentlog_checkpoint;

/// Loads the library, silences its messages, forbids it to start a daemon, and runs its event loop
/// on its own thread. Returns NULL, or why that is not possible. Repeated calls return the
/// first answer.
const char *momentlog_libvirt_load(void);

int momentlog_libvirt_error_code(void);
const char *momentlog_libvirt_error_message(void);

momentlog_connection *momentlog_libvirt_open(const char *uri, int is_read_only);
void momentlog_libvirt_close(momentlog_connection *connection);
/// The host's name, to be freed.
char *momentlog_libvirt_host(momentlog_connection *connection);
/// The version as major * 1000000 + minor * 1000 + release, or -1.
long momentlog_libvirt_version(momentlog_connection *connection);
void momentlog_libvirt_keep_alive(momentlog_connection *connection, int interval, unsigned count);

int momentlog_libvirt_domains(
    momentlog_connection *connection, momentlog_domain ***domains, unsigned flags);
momentlog_domain *momentlog_libvirt_domain(momentlog_connection *connection, const char *uuid);
const char *momentlog_libvirt_domain_name(momentlog_domain *domain);
int momentlog_libvirt_domain_uuid(momentlog_domain *domain, char *text37);
/// -1 for a domain that is not running.
int momentlog_libvirt_domain_id(momentlog_domain *domain);
int momentlog_libvirt_domain_is_active(momentlog_domain *domain);
int momentlog_libvirt_domain_is_persistent(momentlog_domain *domain);
char *momentlog_libvirt_domain_xml(momentlog_domain *domain, unsigned flags);
void momentlog_libvirt_domain_free(momentlog_domain *domain);

int momentlog_libvirt_checkpoints(
    momentlog_domain *domain, momentlog_checkpoint ***checkpoints, unsigned flags);
momentlog_checkpoint *momentlog_libvirt_checkpoint(momentlog_domain *domain, const char *name);
const char *momentlog_libvirt_checkpoint_name(momentlog_checkpoint *checkpoint);
char *momentlog_libvirt_checkpoint_xml(momentlog_checkpoint *checkpoint, unsigned flags);
momentlog_checkpoint *momentlog_libvirt_checkpoint_create(
    momentlog_domain *domain, const char *xml, unsigned flags);
int momentlog_libvirt_checkpoint_delete(momentlog_checkpoint *checkpoint, unsigned flags);
void momentlog_libvirt_checkpoint_free(momentlog_checkpoint *checkpoint);

/// Sends a command to a guest's QEMU through libvirt-qemu.so.0; its answer is to be freed. Returns
/// -2 if that library is missing.
int momentlog_libvirt_monitor(momentlog_domain *domain, const char *command, char **answer);

#endif
