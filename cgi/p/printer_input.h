/* SPDX-License-Identifier: Apache-2.0 */
/* printer_input - what POST and PUT /api/printers accept. Owns nothing. */
#ifndef PLATEN_CGI_P_PRINTER_INPUT_H
#define PLATEN_CGI_P_PRINTER_INPUT_H

#include <stddef.h>

#include "cgi/input.h"

struct in_printer {
	const char *organization, *name, *brand, *model, *serial_number, *connection_type;
	const char *ip_address, *access_code, *mqtt_broker, *mqtt_username, *mqtt_password;
	struct in_int num_ams_units, max_nozzle, max_bed, baud_rate;
	struct in_real volume_x, volume_y, volume_z, nozzle_size;
	struct in_texts materials, loaded;
	const char *location, *notes, *recipient_id, *serial_device, *camera_url, *firmware_version;
	const struct jval *custom_fields;
	struct in_bool is_default, is_active;
};

extern const struct schema printer_new_schema, printer_change_schema;

#endif
