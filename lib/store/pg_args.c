/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of statements, in text form. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "base/log.h"
#include "store/pg.h"

void pg_args_init(struct pg_args *args, struct arena *a)
{
	args->arena = a;
	args->len = 0;
}

void pg_text(struct pg_args *args, const char *value)
{
	if (args->len == (int)(sizeof args->value / sizeof *args->value)) {
		log_error("a statement got too many parameters");
		abort();
	}
	args->value[args->len++] = value;
}

void pg_int(struct pg_args *args, int64_t value)
{
	pg_text(args, arena_printf(args->arena, "%" PRId64, value));
}

void pg_real(struct pg_args *args, double value)
{
	pg_text(args, arena_printf(args->arena, "%.17g", value));
}

void pg_bool(struct pg_args *args, bool value)
{
	pg_text(args, value ? "t" : "f");
}

void pg_null(struct pg_args *args)
{
	pg_text(args, NULL);
}

void pg_bytes(struct pg_args *args, const void *bytes, size_t size)
{
	char *text = arena_alloc(args->arena, 2 * size + 3);

	text[0] = '\\';
	text[1] = 'x';
	hex_encode(bytes, size, text + 2);
	pg_text(args, text);
}
