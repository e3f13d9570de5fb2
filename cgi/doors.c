/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/doors.h"

const struct route *const doors[] = {
	p_health_routes,
	p_printer_routes,
	p_job_routes,
	p_command_routes,
	p_status_routes,
	p_product_routes,
	l_session_routes,
	l_control_routes,
	l_file_routes,
	l_job_routes,
	l_queue_routes,
	l_group_routes,
	l_slice_routes,
	l_camera_routes,
	l_profile_routes,
	l_setting_routes,
	l_notice_routes,
	l_user_routes,
	l_organization_routes,
	l_public_routes,
	l_analytics_routes,
	l_metrics_routes,
	l_openapi_routes,
	stop_routes,
	web_session_routes,
	web_fleet_routes,
	web_printer_routes,
	web_control_routes,
	web_file_routes,
	web_job_routes,
	web_queue_routes,
	web_docs_routes,
	NULL,
};

static void find_page(void *ctx, const struct route *r)
{
	if (r->family == FAMILY_WEB)
		*(bool *)ctx = true;
}

bool doors_have_pages(void)
{
	static int known = -1;
	bool found = false;

	if (known < 0) {
		routes_each(find_page, &found);
		known = found;
	}
	return known == 1;
}
