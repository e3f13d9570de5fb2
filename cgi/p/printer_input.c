/* SPDX-License-Identifier: Apache-2.0 */
/* Family P: the fields of a printer (contract §2.5.1). POST and PUT share them; PUT may clear. */
#include <arpa/inet.h>
#include <string.h>

#include "cgi/p/printer_input.h"

/* What is all digits and dots must be an IPv4 address; anything else is left to the resolver. */
static bool connection_ok(const char *text)
{
	struct in_addr four;

	if (text[strspn(text, "0123456789.")] == '\0')
		return *text == '\0' || inet_pton(AF_INET, text, &four) == 1;
	return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789.:%_-[]")] == '\0';
}

static bool camera_ok(const char *text)
{
	return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0 ||
	    strncmp(text, "rtsp://", 7) == 0 || strncmp(text, "/dev/video", 10) == 0;
}

static bool material_ok(const char *text)
{
	return *text != '\0' && strlen(text) <= 50;
}

#define AT(member) offsetof(struct in_printer, member)
#define TEXT(n, member, limit, more) { .name = n, .type = F_TEXT, .max = limit, \
	.flags = FIELD_PATCH | (more), .offset = AT(member) }
#define NUMBER(n, t, member, lo, hi, more) { .name = n, .type = t, .min = lo, .max = hi, \
	.flags = FIELD_PATCH | (more), .offset = AT(member) }
#define COMMON(name_flags) \
	{ .name = "organizationId", .type = F_ID, .flags = FIELD_REQUIRED, \
	    .offset = AT(organization) }, \
	{ .name = "name", .type = F_TEXT, .min = 1, .max = 255, \
	    .flags = FIELD_PATCH | FIELD_TRIM | (name_flags), .offset = AT(name) }, \
	TEXT("brand", brand, 100, FIELD_NULL), \
	TEXT("model", model, 100, FIELD_NULL), \
	TEXT("serial_number", serial_number, 100, FIELD_NULL), \
	{ .name = "connection_type", .type = F_ENUM, .flags = FIELD_PATCH, \
	    .choices = "network|usb|cloud|mqtt", .offset = AT(connection_type) }, \
	{ .name = "ip_address", .type = F_TEXT, .max = 50, .flags = FIELD_PATCH | FIELD_NULL, \
	    .offset = AT(ip_address), .check = connection_ok, .rule = "must be an address" }, \
	{ .name = "access_code", .type = F_TEXT, .max = 100, .flags = FIELD_NULL, \
	    .offset = AT(access_code) }, \
	TEXT("mqtt_broker", mqtt_broker, 255, FIELD_NULL), \
	TEXT("mqtt_username", mqtt_username, 100, FIELD_NULL), \
	{ .name = "mqtt_password", .type = F_TEXT, .max = 255, .flags = FIELD_NULL, \
	    .offset = AT(mqtt_password) }, \
	NUMBER("num_ams_units", F_INT, num_ams_units, 0, 16, 0), \
	NUMBER("max_build_volume_x", F_REAL, volume_x, 0.01, 99999999.99, FIELD_NULL), \
	NUMBER("max_build_volume_y", F_REAL, volume_y, 0.01, 99999999.99, FIELD_NULL), \
	NUMBER("max_build_volume_z", F_REAL, volume_z, 0.01, 99999999.99, FIELD_NULL), \
	NUMBER("max_nozzle_temp", F_INT, max_nozzle, 1, 500, FIELD_NULL), \
	NUMBER("max_bed_temp", F_INT, max_bed, 1, 200, FIELD_NULL), \
	{ .name = "supported_materials", .type = F_TEXTS, .max = 50, \
	    .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(materials), .check = material_ok, \
	    .rule = "entries must have 1 to 50 bytes" }, \
	{ .name = "loaded_materials", .type = F_TEXTS, .max = 64, \
	    .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(loaded), .check = material_ok, \
	    .rule = "entries must have 1 to 50 bytes" }, \
	NUMBER("default_nozzle_size", F_REAL, nozzle_size, 0.05, 5, 0), \
	TEXT("location", location, 255, FIELD_NULL), \
	TEXT("notes", notes, 10000, FIELD_NULL | FIELD_LINES), \
	{ .name = "custom_fields", .type = F_OBJECT, .max = 16384, \
	    .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(custom_fields) }, \
	TEXT("recipient_id", recipient_id, 255, FIELD_NULL), \
	TEXT("serial_device", serial_device, 255, FIELD_NULL), \
	NUMBER("baud_rate", F_INT, baud_rate, 2400, 2000000, 0), \
	{ .name = "camera_url", .type = F_TEXT, .max = 2000, .flags = FIELD_PATCH | FIELD_NULL, \
	    .offset = AT(camera_url), .check = camera_ok, \
	    .rule = "must be an http, https or rtsp address or a video device" }, \
	{ .name = "is_default", .type = F_BOOL, .flags = FIELD_PATCH, .offset = AT(is_default) }

static const struct field new_fields[] = { COMMON(FIELD_REQUIRED) };
const struct schema printer_new_schema = SCHEMA(new_fields, struct in_printer,
    "organizationId and name required");

static const struct field change_fields[] = {
	COMMON(0),
	TEXT("firmware_version", firmware_version, 50, FIELD_NULL),
	{ .name = "is_active", .type = F_BOOL, .flags = FIELD_PATCH, .offset = AT(is_active) },
};
const struct schema printer_change_schema = SCHEMA(change_fields, struct in_printer,
    "organizationId required");
