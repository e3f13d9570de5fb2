/* SPDX-License-Identifier: Apache-2.0 */
/* migrate - brings a database to this version: numbered migrations once, views and grants each
 * time, under a lock. Blocking: as long as it takes; a second one waits. */
#ifndef PLATEN_CTL_MIGRATE_H
#define PLATEN_CTL_MIGRATE_H

#include "ctl/ctl.h"

#define CTL_SERVER_NEEDED 150000 /* PostgreSQL 15 */

/* sql_dir NULL: the installed one. Says on standard output what it applied. */
enum errc migrate_run(struct ctl *c, struct pg *db, const char *sql_dir, struct err *e) MUST_CHECK;
/* Migrations of sql_dir that the database lacks; *next: the first of them, or NULL. */
enum errc migrate_missing(struct ctl *c, struct pg *db, const char *sql_dir, int *missing,
    const char **next, struct err *e) MUST_CHECK;

#endif
