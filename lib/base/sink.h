/* SPDX-License-Identifier: Apache-2.0 */
/* sink - where a shaped object goes: JSON text for the API and the gateway, HDF for pages.
 *
 * Purpose:  lib/store/rows and handlers write names and values; they do not know the format.
 * Owns:     nothing; an implementation embeds struct sink and its own target.
 * Contract: members of an object come with a name, elements of a list with name NULL; objects
 *           and lists are closed in the order they were opened. Text is UTF-8.
 * Errors:   none; targets grow. Blocking: never. */
#ifndef PLATEN_BASE_SINK_H
#define PLATEN_BASE_SINK_H

#include <stdint.h>

#include "base/buf.h"

struct sink;

struct sink_ops {
	void (*begin_object)(struct sink *s, const char *name);
	void (*end_object)(struct sink *s);
	void (*begin_list)(struct sink *s, const char *name);
	void (*end_list)(struct sink *s);
	void (*text)(struct sink *s, const char *name, const char *value, size_t len);
	void (*number)(struct sink *s, const char *name, const char *decimal); /* valid JSON number */
	void (*boolean)(struct sink *s, const char *name, bool value);
	void (*null)(struct sink *s, const char *name);
	void (*json)(struct sink *s, const char *name, const char *text, size_t len); /* ready JSON */
};

struct sink {
	const struct sink_ops *ops;
};

void sink_begin_object(struct sink *s, const char *name);
void sink_end_object(struct sink *s);
void sink_begin_list(struct sink *s, const char *name);
void sink_end_list(struct sink *s);
void sink_text(struct sink *s, const char *name, const char *value); /* NULL writes null */
void sink_textn(struct sink *s, const char *name, const char *value, size_t len);
void sink_int(struct sink *s, const char *name, int64_t value);
void sink_real(struct sink *s, const char *name, double value); /* not finite: null */
void sink_number(struct sink *s, const char *name, const char *decimal);
void sink_bool(struct sink *s, const char *name, bool value);
void sink_null(struct sink *s, const char *name);
void sink_json(struct sink *s, const char *name, const char *text, size_t len);

/* The JSON implementation: compact text appended to *out. Invalid UTF-8 becomes U+FFFD. */
struct json_sink {
	struct sink sink;
	struct buf *out;
	bool comma;
};
void json_sink_init(struct json_sink *js, struct buf *out);
void json_quote(struct buf *out, const char *text, size_t len); /* with the quotes */

#endif
