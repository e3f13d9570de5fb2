/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: what each operation of the LezerPrint interface is for and what it answers. */
#include "cgi/operation.h"

#define OP(m, path, answers, summary) { METHOD_##m, path, answers, summary, NULL, NULL }
#define TOKENS "tokens: {accessToken: text, refreshToken: text}"
#define GRANTED "{user: l_user, accessToken: text, refreshToken: text} + " \
	"{message: text, user: l_user, " TOKENS "}"
#define ACTED "{job: l_job, commandId: id?, status: text}"
#define ORDERED "{commandId: id, status: text}"
#define FILE_TYPES(status) status " model/stl; " status " text/x.gcode; " status " model/obj; " \
	status " model/3mf; "
#define ORDER_REFUSALS "; 404; 409; 502; 503; 504"

const struct operation l_operations[] = {
	OP(POST, "/api/auth/register", "201 " GRANTED "; 403; 409",
	    "Registers a user, who becomes a viewer; the first one of an installation, with the "
	    "set-up code, its administrator"),
	OP(POST, "/api/auth/login", "200 " GRANTED "; 401; 403",
	    "Signs in with address and password"),
	OP(POST, "/api/auth/refresh", "200 {accessToken: text, refreshToken: text} + "
	    "{message: text, user: l_user, " TOKENS "}; 401; 403",
	    "Exchanges a refresh token for a new pair; the old one is dead from then on"),
	OP(POST, "/api/auth/logout", "200 {success: bool}",
	    "Ends the session of the access token and its sockets"),
	OP(GET, "/api/auth/me", "200 {user: l_user}", "Shows the user who asks"),
	OP(GET, "/api/auth/profile", "200 {user: l_user}", "The same as /api/auth/me"),

	OP(GET, "/api/printer/status", "200 {...l_printer_status, currentJob: l_job?}; 404",
	    "Tells what the default printer, or another one, is doing"),
	OP(POST, "/api/printer/command", "200 {response: text, commandId: id?, status: text}; "
	    "202 " ORDERED ORDER_REFUSALS, "Sends one line of G-code and waits for its answer"),
	OP(POST, "/api/printer/home", "200 " ORDERED "; 202 " ORDERED ORDER_REFUSALS,
	    "Homes all axes or some"),
	OP(POST, "/api/printer/move", "200 " ORDERED "; 202 " ORDERED ORDER_REFUSALS,
	    "Moves one axis by a distance"),
	OP(POST, "/api/printer/temperature", "200 {commandId: id?, status: text}; "
	    "202 " ORDERED ORDER_REFUSALS,
	    "Sets target temperatures without waiting for the heat"),
	OP(POST, "/api/printer/emergency-stop", "200 {success: bool, commandId?: id, status?: text}; "
	    "202 {success: bool, commandId: id, status: text}; 404; 503",
	    "Stops the printer at once; never refused by a rate limit"),
	OP(POST, "/api/printer/pause", "200 " ACTED "; 202 " ACTED ORDER_REFUSALS,
	    "Pauses the printer's active job"),
	OP(POST, "/api/printer/resume", "200 " ACTED "; 202 " ACTED ORDER_REFUSALS,
	    "Resumes the printer's paused job"),
	OP(POST, "/api/printer/cancel", "200 " ACTED "; 202 " ACTED ORDER_REFUSALS,
	    "Cancels the printer's active job"),

	OP(GET, "/api/files", "200 page {files: [l_file]}", "Lists the files of the organisation"),
	{ METHOD_POST, "/api/files/upload", "201 {file: l_file}; 413; 503",
	    "Stores a model or G-code file; its analysis follows",
	    "{file: bytes, folder?: text, name?: text}", NULL },
	OP(GET, "/api/files/:id", "200 {file: {...l_file, slicedFiles: [l_sliced_file]}}",
	    "Shows a file and what was sliced from it"),
	OP(DELETE, "/api/files/:id", "200 {success: bool}; 409",
	    "Deletes a file; finished jobs keep its name"),
	OP(GET, "/api/files/:id/download", FILE_TYPES("200") FILE_TYPES("206")
	    "206 multipart/byteranges; 416", "Downloads a file or a part of it"),
	OP(GET, "/api/media/:year/:month/:name", "200 image/png",
	    "Gives a picture or film by its signed address"),

	OP(GET, "/api/jobs", "200 page {jobs: [l_job]}", "Lists jobs, newest first"),
	OP(GET, "/api/jobs/current", "200 {job: l_job}?",
	    "Shows the active job of the default printer; null when there is none"),
	OP(GET, "/api/jobs/:id", "200 {job: l_job, events: [l_event], temperatures: "
	    "[l_temperature]}", "Shows a job with its events and temperatures"),
	OP(POST, "/api/jobs/start", "201 {job: l_job}; 404; 409; 503",
	    "Starts a print, or queues it where the printer is busy and that is wanted; a model with a "
	    "profile is sliced first"),
	OP(POST, "/api/jobs/:id/pause", "200 {job: l_job}; 202 {job: l_job, pendingAction: text}; "
	    "409; 503", "Pauses a job"),
	OP(POST, "/api/jobs/:id/resume", "200 {job: l_job}; 202 {job: l_job, pendingAction: text}; "
	    "409; 503", "Resumes a paused job"),
	OP(POST, "/api/jobs/:id/cancel", "200 {job: l_job}; 202 {job: l_job, pendingAction: text}; "
	    "409; 503", "Cancels a job"),
	{ .path = NULL },
};
