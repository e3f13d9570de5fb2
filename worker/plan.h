/* SPDX-License-Identifier: Apache-2.0 */
/* plan - the worker's clock: schedules of task_schedules that are due become tasks (contract §8).
 *
 * Each runs once per due time, however many slots and hosts look; a run that nobody was there for
 * is made up once. Hours are meant in the schedule's time zone, else schedule.timezone. Only what
 * task.c knows is planned. A schedule whose cron line nobody understands is switched off (logged).
 * Owns:     nothing. Errors: as pg_exec(). Blocking: a round trip, one more for each that is due. */
#ifndef PLATEN_WORKER_PLAN_H
#define PLATEN_WORKER_PLAN_H

#include "base/clock.h"
#include "base/conf.h"
#include "store/pg.h"

enum errc plan_fire_due(struct pg *db, struct arena *a, const struct conf *conf,
    struct err *e) MUST_CHECK;
/* Until the next is due. */
enum errc plan_next(struct pg *db, struct arena *a, usec_t *wait, struct err *e) MUST_CHECK;

#endif
