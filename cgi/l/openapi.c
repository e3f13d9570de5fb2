/* SPDX-License-Identifier: Apache-2.0 */
/* O-02: the description of the API, as JSON and as YAML. A worker makes it once: the route table
 * is in the program, and after a migration the programs start anew. */
#include <string.h>

#include "base/crypto.h"
#include "base/yaml.h"
#include "cgi/answer.h"
#include "cgi/doors.h"
#include "cgi/openapi.h"
#include "store/shape_store.h"

struct document {
	struct buf text;
	char etag[SHA256_HEX_SIZE + 2]; /* with its quotes */
};

static void sign(struct document *d)
{
	char hex[SHA256_HEX_SIZE];

	sha256_hex(d->text.bytes, d->text.size, hex);
	memcpy(d->etag + 1, hex, sizeof hex - 1);
	d->etag[0] = d->etag[sizeof hex] = '"';
	d->etag[sizeof hex + 1] = '\0';
}

static enum errc make(struct req *rq, bool as_yaml, struct document *out, struct err *e)
{
	struct openapi o = { .arena = rq->arena };
	struct json_sink json;
	struct yaml_sink yaml;
	struct pg_result *columns;
	enum errc rc = shape_store_columns(rq->app->db, rq->arena, &columns, e);

	if (rc != E_OK)
		return rc;
	json_sink_init(&json, &out->text);
	yaml_sink_init(&yaml, &out->text);
	o.columns = columns;
	o.sink = as_yaml ? &yaml.sink : &json.sink;
	rc = openapi_write(&o, e);
	if (rc == E_OK)
		sign(out);
	else
		buf_fini(&out->text);
	return rc;
}

static const struct answer *show(struct req *rq, bool as_yaml, const char *type)
{
	static struct document made[2];
	struct document *d = &made[as_yaml];
	const char *known = req_header(rq, "If-None-Match");
	struct answer *an;
	struct err e;

	if (d->text.size == 0 && make(rq, as_yaml, d, &e) != E_OK)
		return answer_error(rq, &e);
	an = answer_new(rq, 200, type);
	if (known != NULL && strstr(known, d->etag) != NULL)
		an = answer_new(rq, 304, NULL);
	else
		buf_append(&an->body, d->text.bytes, d->text.size);
	answer_header(an, "ETag", d->etag);
	answer_header(an, "Cache-Control", "public, max-age=0, must-revalidate");
	return an;
}

static const struct answer *l_json(struct req *rq)
{
	return show(rq, false, "application/json; charset=utf-8");
}

static const struct answer *l_yaml(struct req *rq)
{
	return show(rq, true, "application/yaml; charset=utf-8");
}

const struct route l_openapi_routes[] = {
	{ METHOD_GET, "/api/openapi.json", ROLE_ANYONE, RATE_NONE, POOL_API, FAMILY_L, NULL, l_json,
	    0 },
	{ METHOD_GET, "/api/openapi.yaml", ROLE_ANYONE, RATE_NONE, POOL_API, FAMILY_L, NULL, l_yaml,
	    0 },
	{ .path = NULL },
};
