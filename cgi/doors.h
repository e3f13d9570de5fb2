/* SPDX-License-Identifier: Apache-2.0 */
/* doors - the parts of the route table, one per door file. A new door adds its table here and in
 * doors.c. Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_CGI_DOORS_H
#define PLATEN_CGI_DOORS_H

#include "cgi/route.h"

/* Each ends with a row whose path is NULL; the list ends with NULL. */
extern const struct route *const doors[];

extern const struct route p_health_routes[];
extern const struct route p_printer_routes[];
extern const struct route p_job_routes[];
extern const struct route p_command_routes[];
extern const struct route p_status_routes[];
extern const struct route p_product_routes[];
extern const struct route l_session_routes[];
extern const struct route l_analytics_routes[];
extern const struct route l_control_routes[];
extern const struct route l_file_routes[];
extern const struct route l_job_routes[];
extern const struct route l_queue_routes[];
extern const struct route l_group_routes[];
extern const struct route l_slice_routes[];
extern const struct route l_camera_routes[];
extern const struct route l_profile_routes[];
extern const struct route l_setting_routes[];
extern const struct route l_notice_routes[];
extern const struct route l_user_routes[];
extern const struct route l_organization_routes[];
extern const struct route l_public_routes[];
extern const struct route l_metrics_routes[];
extern const struct route l_openapi_routes[];
extern const struct route stop_routes[];
extern const struct route web_session_routes[];
extern const struct route web_fleet_routes[];
extern const struct route web_printer_routes[];
extern const struct route web_control_routes[];
extern const struct route web_file_routes[];
extern const struct route web_job_routes[];
extern const struct route web_queue_routes[];
extern const struct route web_docs_routes[];

bool doors_have_pages(void); /* some row belongs to FAMILY_WEB */

#endif
