/* SPDX-License-Identifier: Apache-2.0 */
/* The closed lists of words that a column's type does not tell: states, as lib/model has them. */
#include "cgi/shape_words.h"

#include <string.h>

#include "base/buf.h"
#include "model/command.h"
#include "model/job.h"

static const char *states(struct arena *a, const struct cycle *c)
{
	struct buf out = BUF_INIT;
	const char *text;

	for (int i = 0; i < c->state_count; i++)
		buf_printf(&out, "%s%s", i == 0 ? "" : "|", c->states[i]);
	text = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

const char *shape_words(struct arena *a, const char *view, const char *column)
{
	bool is_job = begins(view, "p_job") || strcmp(view, "l_job") == 0 ||
	    strcmp(view, "l_queue") == 0;

	if (strcmp(column, "status") == 0 && begins(view, "p_job"))
		return states(a, &job_cycle);
	if (strcmp(column, "status") == 0 && is_job) /* family L knows seven (contract §2.8) */
		return "QUEUED|PREPARING|PRINTING|PAUSED|COMPLETED|FAILED|CANCELLED";
	if (strcmp(column, "status") == 0 && begins(view, "p_command"))
		return states(a, &command_cycle);
	if (strcmp(column, "priority") == 0 && is_job)
		return "low|normal|high|urgent";
	if (strcmp(column, "state") == 0 && strcmp(view, "l_printer_status") == 0)
		return "idle|printing|paused|error";
	return NULL;
}
