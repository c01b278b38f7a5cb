#define _GNU_SOURCE
#include "CLibvirt.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// The functions, by libvirt's names without their prefix.
#define FUNCTIONS(F)                                                                       \
    F(int, Initialize, (void))                                                             \
    F(void, SetErrorFunc, (void *, void (*)(void *, void *)))                              \
    F(int, GetLastErrorCode, (void))                                                       \
    F(const char *, GetLastErrorMessage, (void))                                           \
    F(int, EventRegisterDefaultImpl, (void))                                               \
    F(int, EventRunDefaultImpl, (void))                                                    \
    F(void *, ConnectOpen, (const char *))                                                 \
    F(void *, ConnectOpenReadOnly, (const char *))                                         \
    F(int, ConnectClose, (void *))                                                         \
    F(char *, ConnectGetHostname, (void *))                                                \
    F(int, ConnectGetLibVersion, (void *, unsigned long *))                                \
    F(int, ConnectSetKeepAlive, (void *, int, unsigned))                                   \
    F(int, ConnectListAllDomains, (void *, void ***, unsigned))                            \
    F(void *, DomainLookupByUUIDString, (void *, const char *))                            \
    F(const char *, DomainGetName, (void *))                                               \
    F(int, DomainGetUUIDString, (void *, char *))                                          \
    F(unsigned, DomainGetID, (void *))                                                     \
    F(int, DomainIsActive, (void *))                                                       \
    F(int, DomainIsPersistent, (void *))                                                   \
    F(char *, DomainGetXMLDesc, (void *, unsigned))                                        \
    F(int, DomainFree, (void *))                                                           \
    F(int, DomainListAllCheckpoints, (void *, void ***, unsigned))                         \
    F(void *, DomainCheckpointLookupByName, (void *, const char *, unsigned))              \
    F(const char *, DomainCheckpointGetName, (void *))                                     \
    F(char *, DomainCheckpointGetXMLDesc, (void *, unsigned))                              \
    F(void *, DomainCheckpointCreateXML, (void *, const char *, unsigned))                 \
    F(int, DomainCheckpointDelete, (void *, unsigned))                                     \
    F(int, DomainCheckpointFree, (void *))

#define POINTER(result, name, parameters) static result(*name) parameters;
FUNCTIONS(POINTER)

static int (*QemuMonitorCommand)(void *, const char *, char **, unsigned);

static const char *failure = NULL;
static char failure_text[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void ignore_error(void *context, void *error) {
    (void)context;
    (void)error;
}

static void *run_events(void *unused) {
    (void)unused;
    // What it cannot do now it may do later; without a pause it would keep a processor busy.
    for (;;)
        if (EventRunDefaultImpl() < 0) usleep(100000);
    return NULL;
}

static void fail(const char *text) {
    strncpy(failure_text, text ? text : "it cannot be loaded", sizeof failure_text - 1);
    failure = failure_text;
}

static void load(void) {
    const char *path = getenv("MOMENTLOG_LIBVIRT");
    void *library = dlopen(path && *path ? path : "libvirt.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fail(dlerror());
        return;
    }
#define LOAD(result, name, parameters)                                                     \
    *(void **)&name = dlsym(library, "vir" #name);                                         \
    if (!name) {                                                                           \
        fail("libvirt.so.0 is older than 5.6 and lacks vir" #name);                        \
        return;                                                                            \
    }
    FUNCTIONS(LOAD)
    // A client must not start a daemon: its guests and checkpoints would be others.
    setenv("LIBVIRT_AUTOSTART", "0", 1);
    if (Initialize() < 0) {
        fail(GetLastErrorMessage());
        return;
    }
    SetErrorFunc(NULL, ignore_error);
    // Before the first connection: keepalive and deadlines rest on it.
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (EventRegisterDefaultImpl() < 0 || pthread_create(&thread, &attributes, run_events, NULL))
        fail("its event loop cannot be started");
    void *qemu = dlopen("libvirt-qemu.so.0", RTLD_NOW | RTLD_LOCAL);
    if (qemu) *(void **)&QemuMonitorCommand = dlsym(qemu, "virDomainQemuMonitorCommand");
}

const char *momentlog_libvirt_load(void) {
    pthread_once(&once, load);
    return failure;
}

int momentlog_libvirt_error_code(void) { return GetLastErrorCode(); }

const char *momentlog_libvirt_error_message(void) { return GetLastErrorMessage(); }

momentlog_connection *momentlog_libvirt_open(const char *uri, int is_read_only) {
    return is_read_only ? ConnectOpenReadOnly(uri) : ConnectOpen(uri);
}

void momentlog_libvirt_close(momentlog_connection *connection) { ConnectClose(connection); }

char *momentlog_libvirt_host(momentlog_connection *connection) {
    return ConnectGetHostname(connection);
}

long momentlog_libvirt_version(momentlog_connection *connection) {
    unsigned long version = 0;
    return ConnectGetLibVersion(connection, &version) < 0 ? -1 : (long)version;
}

void momentlog_libvirt_keep_alive(momentlog_connection *connection, int interval, unsigned count) {
    ConnectSetKeepAlive(connection, interval, count);
}

int momentlog_libvirt_domains(
    momentlog_connection *connection, momentlog_domain ***domains, unsigned flags) {
    return ConnectListAllDomains(connection, (void ***)domains, flags);
}

momentlog_domain *momentlog_libvirt_domain(momentlog_connection *connection, const char *uuid) {
    return DomainLookupByUUIDString(connection, uuid);
}

const char *momentlog_libvirt_domain_name(momentlog_domain *domain) {
    return DomainGetName(domain);
}

int momentlog_libvirt_domain_uuid(momentlog_domain *domain, char *text37) {
    return DomainGetUUIDString(domain, text37);
}

int momentlog_libvirt_domain_id(momentlog_domain *domain) { return (int)DomainGetID(domain); }

int momentlog_libvirt_domain_is_active(momentlog_domain *domain) { return DomainIsActive(domain); }

int momentlog_libvirt_domain_is_persistent(momentlog_domain *domain) {
    return DomainIsPersistent(domain);
}

char *momentlog_libvirt_domain_xml(momentlog_domain *domain, unsigned flags) {
    return DomainGetXMLDesc(domain, flags);
}

void momentlog_libvirt_domain_free(momentlog_domain *domain) { DomainFree(domain); }

int momentlog_libvirt_checkpoints(
    momentlog_domain *domain, momentlog_checkpoint ***checkpoints, unsigned flags) {
    return DomainListAllCheckpoints(domain, (void ***)checkpoints, flags);
}

momentlog_checkpoint *momentlog_libvirt_checkpoint(momentlog_domain *domain, const char *name) {
    return DomainCheckpointLookupByName(domain, name, 0);
}

const char *momentlog_libvirt_checkpoint_name(momentlog_checkpoint *checkpoint) {
    return DomainCheckpointGetName(checkpoint);
}

char *momentlog_libvirt_checkpoint_xml(momentlog_checkpoint *checkpoint, unsigned flags) {
    return DomainCheckpointGetXMLDesc(checkpoint, flags);
}

momentlog_checkpoint *momentlog_libvirt_checkpoint_create(
    momentlog_domain *domain, const char *xml, unsigned flags) {
    return DomainCheckpointCreateXML(domain, xml, flags);
}

int momentlog_libvirt_checkpoint_delete(momentlog_checkpoint *checkpoint, unsigned flags) {
    return DomainCheckpointDelete(checkpoint, flags);
}

void momentlog_libvirt_checkpoint_free(momentlog_checkpoint *checkpoint) {
    DomainCheckpointFree(checkpoint);
}

int momentlog_libvirt_monitor(momentlog_domain *domain, const char *command, char **answer) {
    return QemuMonitorCommand ? QemuMonitorCommand(domain, command, answer, 0) : -2;
}
