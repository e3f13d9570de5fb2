/* SPDX-License-Identifier: Apache-2.0 */
/* Family P, and the probes: what each operation is for and what it answers. */
#include "cgi/operation.h"

#define OP(m, path, answers, summary) { METHOD_##m, path, answers, summary, NULL, NULL }

/* Without what only an administrator of the installation may set. */
#define PRINTER "{\"organizationId\":\"5c0c1f0e-0b1d-4a52-9d2e-3f1b1c2d3e4f\"," \
	"\"name\":\"Ender 3 left\",\"brand\":\"Creality\",\"model\":\"Ender 3\"," \
	"\"connection_type\":\"network\",\"ip_address\":\"192.0.2.17\"," \
	"\"max_build_volume_x\":220,\"max_build_volume_y\":220,\"max_build_volume_z\":250," \
	"\"max_nozzle_temp\":275,\"max_bed_temp\":110,\"default_nozzle_size\":0.4," \
	"\"supported_materials\":[\"PLA\",\"PETG\"],\"location\":\"Workshop\"}"

const struct operation p_operations[] = {
	OP(GET, "/health", "200 {status: 'healthy', timestamp: time, service: text, "
	    "printerBackend: {healthy: bool, url: text?}, version: text, components: "
	    "{database: bool, spooler: bool, live: bool, worker: bool}}; "
	    "503 {status: 'unhealthy', timestamp: time, service: text, error: text}",
	    "Tells whether the server and its parts are well"),
	OP(GET, "/api/health", "200 bare {status: 'ok', timestamp: time, version: text}",
	    "Tells that the API answers"),
	OP(GET, "/api/status", "200 bare {server: text, status: 'running', timestamp: time, "
	    "version: text}", "Names the server"),
	OP(GET, "/api/printers", "200 [p_printer_list]",
	    "Lists the printers of an organisation with their newest figures"),
	{ METHOD_POST, "/api/printers", "201 p_printer",
	    "Adds a printer; an organisation's first one becomes its default", NULL, PRINTER },
	OP(GET, "/api/printers/:id", "200 p_printer_detail", "Shows one printer"),
	{ METHOD_PUT, "/api/printers/:id", "200 p_printer",
	    "Changes the given fields of a printer; null clears a field that may be empty", NULL,
	    "{\"organizationId\":\"5c0c1f0e-0b1d-4a52-9d2e-3f1b1c2d3e4f\","
	    "\"location\":\"Workshop\",\"notes\":null}" },
	OP(DELETE, "/api/printers/:id", "200 {message: text}",
	    "Retires a printer; its history stays"),
	OP(POST, "/api/printers/:id/plate-cleared", "200 p_printer",
	    "Says that the bed is empty, so that the next job may start"),
	OP(POST, "/api/printers/:id/attention-cleared", "200 p_printer",
	    "Says that somebody has looked after the printer"),
	OP(POST, "/api/print-jobs", "201 p_job; 404", "Creates a print job of a product or a file"),
	OP(GET, "/api/print-jobs", "200 [p_job_list]", "Lists print jobs, newest first"),
	OP(GET, "/api/print-jobs/:id", "200 p_job_detail", "Shows one print job"),
	OP(POST, "/api/print-jobs/:id/send", "200 {message: text, success: bool, jobId: id, "
	    "printerId: id, backendResponse: any?}",
	    "Hands a job over to the printer that shall print it"),
	OP(POST, "/api/print-jobs/:id/cancel", "200 {message: text, pending?: bool}",
	    "Cancels a job; of one that prints, the heaters go off first"),
	OP(PUT, "/api/print-jobs/:id/status", "200 p_job",
	    "Reports how a job gets on that is printed elsewhere"),
	OP(DELETE, "/api/print-jobs/:id", "200 {message: text}",
	    "Deletes a job that nobody prints, with its history"),
	OP(POST, "/api/printer-commands", "201 p_command; 404",
	    "Tells a printer to do something; its spooler or its agent executes it"),
	OP(GET, "/api/printer-commands", "200 [p_command_list]", "Lists commands, newest first"),
	OP(GET, "/api/printer-commands/pending", "200 [p_command_pending]",
	    "Lists what waits for an agent, oldest first; with claim it is taken"),
	OP(PUT, "/api/printer-commands/:id/status", "200 p_command",
	    "Reports what has become of a command"),
	OP(DELETE, "/api/printer-commands/:id", "200 {message: text}",
	    "Deletes a command that is not being executed"),
	OP(POST, "/api/printer-status", "201 p_status; 404",
	    "Reports what a remote printer is doing"),
	OP(GET, "/api/printer-status/latest/:printerId", "200 p_status_latest",
	    "Shows a printer's newest report"),
	OP(GET, "/api/printer-status/history/:printerId", "200 [p_status]",
	    "Lists a printer's reports, newest first"),
	OP(GET, "/api/products", "200 [p_product]", "Lists products by name"),
	OP(POST, "/api/products", "201 p_product",
	    "Adds a product; figures that are not given are its file's"),
	OP(GET, "/api/products/:id", "200 p_product", "Shows one product"),
	OP(PUT, "/api/products/:id", "200 p_product", "Changes the given fields of a product"),
	OP(DELETE, "/api/products/:id", "200 {message: text}",
	    "Retires a product; jobs that print it stay"),
	{ .path = NULL },
};
