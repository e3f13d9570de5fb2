/* SPDX-License-Identifier: Apache-2.0 */
/* stream - the lines of a job's file, one by one, as they go to the printer (contract §4.4).
 *
 * Purpose:  reads a struct source, strips and filters, tells pauses and stops apart.
 * Owns:     the line in hand. The source is the shell's.
 * Units:    offsets in bytes of the file.
 * Errors:   STREAM_CHANGED, STREAM_FAILED (text says why).
 * Blocking: never; STREAM_WAIT when the bytes are not here yet. */
#ifndef PLATEN_SPOOLER_STREAM_H
#define PLATEN_SPOOLER_STREAM_H

#include "base/buf.h"
#include "gcode/layers.h"
#include "spooler/bay.h"

enum stream_got {
	STREAM_LINE,    /* `text` is to be sent */
	STREAM_PAUSE,   /* the file asks for a pause; `text`: its command */
	STREAM_STOP,    /* M112 in the file */
	STREAM_WAIT,
	STREAM_END,
	STREAM_CHANGED, /* the file is not what was analysed */
	STREAM_FAILED,  /* unreadable, or a line that cannot be sent; `text`: why */
};

struct stream_conf {
	double hotend_override, bed_override; /* 0: none */
	double max_hotend, max_bed;           /* 0: unknown */
	bool forward_m73, use_m600;
};

struct stream_place { /* what the journal keeps */
	uint64_t at;       /* first byte not read */
	uint32_t commands; /* commands of the file before it */
	uint32_t layer[LAYERS_CURA + 1];
	int32_t left_sec, percent; /* last M73; -1: none */
};

struct stream {
	struct source *source;
	struct stream_conf conf;
	struct stream_place place;
	uint64_t where;   /* offset of the line in hand */
	bool mark;        /* it carried news: a layer, M73, M117 */
	char text[128];
	size_t len;
	char display[100]; /* last M117 */
	struct buf part;  /* a line that spans blocks */
	uint64_t part_at; /* where the bytes behind `part` go on */
	bool part_open;
};

void stream_init(struct stream *s, struct source *source, const struct stream_conf *conf);
void stream_fini(struct stream *s);
void stream_seek(struct stream *s, const struct stream_place *place);
enum stream_got stream_next(struct stream *s);
uint32_t stream_layer(const struct stream *s); /* markers passed, 0: none yet */

#endif
