#ifndef MOMENTLOG_CLIBXML2_SHIM_H
#define MOMENTLOG_CLIBXML2_SHIM_H

/* Debian's libxml2 is built with ICU and pulls ICU's headers in, which clash with
   those of Foundation in debug builds. Nothing here needs them. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/relaxng.h>
#include <libxml/xmlerror.h>

/* libxml2 2.12 made the error const, which Swift sees as another type. */
static inline void momentlog_xml_set_error_handler(
    xmlSAXHandler *sax, void (*handler)(void *context, const xmlError *error)) {
  sax->serror = (xmlStructuredErrorFunc)handler;
}

#endif
