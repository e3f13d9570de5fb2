/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: accounts, organisations and what belongs to them; slices, cameras, the demo. */
#include "cgi/operation.h"

#define OP(m, path, answers, summary) { METHOD_##m, path, answers, summary, NULL, NULL }
#define OP_AS(m, path, answers, summary, example) \
	{ METHOD_##m, path, answers, summary, NULL, example }
#define CAMERA "resolution: text, fps: int, quality: int, enabled: bool, streaming: bool, " \
	"recording: bool, printerId: id"
#define PUBLIC "...l_public_status"

const struct operation l_people_operations[] = {
	OP(POST, "/api/auth/change-password", "200 {success: bool}; 401",
	    "Changes the own password; all other sessions of the user end"),
	OP(GET, "/api/users", "200 page {users: [l_user]}",
	    "Lists the accounts that one may see: oneself, as an administrator others"),
	OP(POST, "/api/users", "201 {user: l_user, temporaryPassword?: text}; 409",
	    "Makes an account; without a password one is made and told once"),
	OP(GET, "/api/users/:id", "200 {user: l_user}", "Shows an account"),
	OP(PATCH, "/api/users/:id", "200 {user: l_user}; 409",
	    "Changes role or activity of an account; the last administrator stays"),
	OP(DELETE, "/api/users/:id", "200 {success: bool}; 409",
	    "Deletes an account; its files go over to who deletes it"),
	OP(POST, "/api/users/:id/reset-password", "200 {user: l_user, temporaryPassword?: text}; 401",
	    "Sets a user's password and ends all its sessions; without a password one is made"),
	OP(GET, "/api/organizations", "200 page {organizations: [l_organization]}",
	    "Lists the organisations of the caller with its role there"),
	OP(POST, "/api/organizations", "201 {organization: l_organization}; 409",
	    "Makes an organisation; for the installation's administrator"),
	OP(GET, "/api/organizations/:id", "200 {organization: l_organization}",
	    "Shows an organisation"),
	OP(PUT, "/api/organizations/:id", "200 {organization: l_organization}; 409",
	    "Changes the given fields of an organisation"),
	OP(GET, "/api/organizations/:id/members", "200 page {members: [l_member]}",
	    "Lists the members of an organisation; addresses only for its administrators"),
	OP(POST, "/api/organizations/:id/members", "201 {member: l_member}; 200 {member: l_member}",
	    "Makes a user a member, or gives a member another role"),
	OP(DELETE, "/api/organizations/:id/members", "200 {success: bool}",
	    "Takes a member's place away"),
	OP(DELETE, "/api/organizations/:id/members/:userId", "200 {success: bool}",
	    "Takes a member's place away"),
	OP(POST, "/api/organizations/:id/api-key", "201 {apiKey: text}; 401",
	    "Makes the key of an organisation's agents, told once; the old one is void"),
	OP(GET, "/api/profiles", "200 page {profiles: [l_profile]}",
	    "Lists the print profiles of the organisation and of the installation"),
	OP(POST, "/api/profiles", "201 {profile: l_profile}; 409", "Makes a print profile"),
	OP(GET, "/api/profiles/:id", "200 {profile: l_profile}", "Shows a print profile"),
	OP(PUT, "/api/profiles/:id", "200 {profile: l_profile}; 409",
	    "Changes the given fields of a print profile"),
	OP(DELETE, "/api/profiles/:id", "200 {success: bool}; 409",
	    "Deletes a print profile that nothing uses"),
	OP(GET, "/api/settings", "200 page {settings: [l_setting]}",
	    "Lists settings; the organisation's hide the installation's"),
	OP_AS(PUT, "/api/settings", "200 page {settings: [l_setting]}",
	    "Sets values by category and key; null takes one away",
	    "{\"settings\":[{\"category\":\"costs\",\"key\":\"materials\",\"value\":"
	    "{\"PLA\":{\"pricePerKg\":20}}}]}"),
	OP(GET, "/api/notifications", "200 page {notifications: [notification]}",
	    "Lists the own notifications, newest first"),
	OP(POST, "/api/notifications/read-all", "200 {success: bool, updated: int}",
	    "Marks all own notifications as read"),
	OP(POST, "/api/notifications/:id/read", "200 {notification: notification}",
	    "Marks one notification as read"),
	OP(GET, "/api/reports", "200 page {reports: [l_report]}", "Lists the weekly reports"),

	OP(POST, "/api/files/:id/slice", "201 {slicedFile: l_sliced_file}; 200 {slicedFile: "
	    "l_sliced_file}; 202 {slicedFile: l_sliced_file}; 422; 503",
	    "Asks for G-code of a model; the same is made once"),
	OP(GET, "/api/files/:id/preview", "200 image/png; 200 {layerCount?: int, "
	    "layer?: int, commands?: [text], truncated?: bool}; 202 {status: 'processing'}; 503",
	    "Shows a file: its picture, its mesh or the commands of a layer"),
	OP(GET, "/api/jobs/:id/timelapse", "200 l_timelapse; 202 {status: 'processing'}",
	    "Gives the signed address of a job's film"),
	OP(GET, "/api/camera/stream", "200 multipart/x-mixed-replace; 503",
	    "Streams the camera's pictures"),
	OP(GET, "/api/camera/snapshot", "200 image/jpeg; 503; 504", "Takes a picture"),
	OP(POST, "/api/camera/record/start", "200 {recordingId: id, startedAt: time, quality: text, "
	    "maxDuration: int}; 409; 503", "Starts a recording"),
	OP(POST, "/api/camera/record/stop", "200 {videoUrl: text, recordingId: id, duration: int, "
	    "fileSize: int}; 409; 503", "Ends the recording"),
	OP(GET, "/api/camera/settings", "200 {" CAMERA "}", "Shows the camera's settings"),
	OP(POST, "/api/camera/settings", "200 {" CAMERA "}", "Changes the camera's settings"),
	OP(PUT, "/api/camera/settings", "200 {" CAMERA "}", "The same as POST"),
	OP(POST, "/api/camera/ticket", "200 {ticket: text, expiresIn: int}",
	    "Makes a single-use ticket for an address of the camera, for thirty seconds"),
	OP(GET, "/api/public/status", "200 {" PUBLIC "}; 404",
	    "Shows everybody what the default printer is doing, while that is wanted"),
	OP(GET, "/api/public/demo", "200 {" PUBLIC ", recentPrints: [l_public_print], totals: "
	    "{days: int, totalPrints: int, completed: int, failed: int, cancelled: int, "
	    "totalTime: int}}; 404", "The same with the last prints and totals of thirty days"),
	{ .path = NULL },
};
