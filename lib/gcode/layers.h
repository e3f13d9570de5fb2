/* SPDX-License-Identifier: Apache-2.0 */
/* layers - where the layers of a file begin (contract §5.3, §5.4).
 *
 * Dialects in order of rank: `;LAYER:n`, `;LAYER_CHANGE`, `; CHANGE_LAYER`, `; layer n`, and at
 * last every extruding move at a new, higher Z. The highest rank met counts for the whole file.
 * Owns:     the list of layers until layers_fini(); at most LAYERS_KEPT are kept (all counted).
 * Units:    mm. Errors: none. Blocking: never. */
#ifndef PLATEN_GCODE_LAYERS_H
#define PLATEN_GCODE_LAYERS_H

#include <stdbool.h>
#include <stddef.h>

#include "gcode/index.h"

#define LAYERS_KEPT 131072u /* 2 MB: a vase of a million heights must not eat the machine */

enum layers_dialect { LAYERS_Z, LAYERS_S3D, LAYERS_BAMBU, LAYERS_PRUSA, LAYERS_CURA };

struct layers {
	enum layers_dialect dialect;
	uint32_t count;     /* all markers of the dialect */
	struct index_layer *list;
	uint32_t list_len, list_cap;
	bool z_wanted;      /* the newest layer has no height yet */
	double top;         /* highest extruding move so far */
};

void layers_init(struct layers *l);
void layers_fini(struct layers *l);
/* Which dialect a comment's text (behind `;`) marks a layer in; LAYERS_Z: none. */
enum layers_dialect layers_marker(const char *text, size_t len);
void layers_comment(struct layers *l, const char *text, size_t len, uint64_t offset,
    uint32_t command);
void layers_extrude(struct layers *l, double z, uint64_t offset, uint32_t command);
/* From the second layer to the third (the first is often thicker), mm; 0: cannot be told. */
double layers_height(const struct layers *l);

/* Bytes [from, to) of the file that layer i takes; false: no such layer. */
bool layers_range(const struct index *ix, uint32_t i, uint64_t *from, uint64_t *to);
/* The command lines in those bytes, stripped. */
void layers_commands(const char *bytes, size_t size,
    void (*emit)(void *ctx, const char *cmd, size_t len), void *ctx);

#endif
