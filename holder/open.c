/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "holder/open.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <linux/serial.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

static enum errc open_tcp(const char *where, int *fd, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *ai = NULL;
	const char *colon = strrchr(where, ':');
	char host[128];
	int on = 1, rc;

	if (colon == NULL || (size_t)(colon - where) >= sizeof host)
		return err_set(e, E_INVALID, "not <address>:<port>");
	snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
	if (getaddrinfo(host, colon + 1, &hints, &ai) != 0)
		return err_set(e, E_INVALID, "not a numeric address");
	*fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	rc = *fd < 0 ? -1 : connect(*fd, ai->ai_addr, ai->ai_addrlen);
	freeaddrinfo(ai);
	if (rc != 0 && errno != EINPROGRESS) {
		err_errno(e, "connecting failed");
		if (*fd >= 0)
			close(*fd);
		return E_IO;
	}
	setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(*fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	return E_OK;
}

enum errc open_outcome(int fd, struct err *e)
{
	int problem = 0;
	socklen_t len = sizeof problem;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &len) == 0 && problem == 0)
		return E_OK;
	errno = problem;
	return err_errno(e, "connecting failed");
}

static bool below(const char *path, const char *dir, size_t len)
{
	while (len > 0 && dir[len - 1] == '/')
		len--;
	return len > 0 && strncmp(path, dir, len) == 0 && path[len] == '/';
}

static bool place_allowed(const char *path, const char *prefixes)
{
	if (strstr(path, "/../") != NULL)
		return false;
	if (below(path, "/dev", 4))
		return true;
	for (const char *p = prefixes == NULL ? "" : prefixes; *p != '\0';) {
		size_t len = strcspn(p, ",");
		const char *next = p + len + (p[len] == ',');

		while (*p == ' ')
			p++, len--;
		if (below(path, p, len))
			return true;
		p = next;
	}
	return false;
}

/* Raw, readable, and no hang-up when we close: a board must not restart because a program did. */
static void set_raw(int fd, bool keep_speed)
{
	struct termios t;

	if (tcgetattr(fd, &t) != 0)
		return;
	if (!keep_speed)
		cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cflag &= (tcflag_t)~HUPCL;
	tcsetattr(fd, TCSANOW, &t);
}

/* What an administrator can do something about, in words. */
static enum errc cannot_open(struct err *e, int problem, const char *what, const char *text)
{
	switch (problem) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return err_set(e, E_NOTFOUND, "the device is not there");
	case EBUSY:
		return err_set(e, E_BUSY, "the device is in use by another program");
	case EACCES:
	case EPERM:
		return err_set(e, E_DENIED, "the server has no right to use the device");
	}
	return err_set(e, E_IO, "%s: %s", what, text == NULL ? strerror(problem) : text);
}

static enum errc open_pty(const char *path, int *fd, struct err *e)
{
	*fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (*fd < 0)
		return cannot_open(e, errno, "cannot open the device", NULL);
	if (!isatty(*fd)) {
		close(*fd);
		return err_set(e, E_INVALID, "not a serial port");
	}
	/* Not TIOCEXCL: on a pty it outlives the last close, so that after kill -9 of everything
	 * here nobody could open the device again until its other side restarts. */
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		close(*fd);
		return cannot_open(e, EBUSY, "", NULL);
	}
	set_raw(*fd, false);
	return E_OK;
}

static enum errc sp_problem(struct err *e, const char *what)
{
	int problem = sp_last_error_code();
	char *text = sp_last_error_message();
	enum errc rc = cannot_open(e, problem, what, text);

	sp_free_error_message(text);
	return rc;
}

static void low_latency(int fd)
{
	struct serial_struct s;

	if (ioctl(fd, TIOCGSERIAL, &s) == 0) {
		s.flags |= ASYNC_LOW_LATENCY;
		ioctl(fd, TIOCSSERIAL, &s);
	}
}

static enum errc set_up(struct sp_port *port, long baud, int *fd, struct err *e)
{
	int own;

	if (sp_set_baudrate(port, (int)baud) != SP_OK || sp_set_bits(port, 8) != SP_OK ||
	    sp_set_parity(port, SP_PARITY_NONE) != SP_OK || sp_set_stopbits(port, 1) != SP_OK ||
	    sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE) != SP_OK)
		return sp_problem(e, "cannot set up the port");
	if (sp_get_port_handle(port, &own) != SP_OK)
		return sp_problem(e, "no descriptor");
	*fd = fcntl(own, F_DUPFD_CLOEXEC, 3); /* ours outlives libserialport's */
	if (*fd < 0)
		return err_errno(e, "no descriptor");
	set_raw(*fd, true);
	low_latency(*fd);
	ioctl(*fd, TIOCEXCL);
	return E_OK;
}

static enum errc open_serial(const char *path, long baud, int *fd, struct err *e)
{
	struct sp_port *port;
	enum errc rc;

	if (sp_get_port_by_name(path, &port) != SP_OK)
		return sp_problem(e, "no such port");
	if (sp_open(port, SP_MODE_READ_WRITE) != SP_OK) {
		rc = sp_problem(e, "cannot open the port");
	} else {
		rc = set_up(port, baud, fd, e);
		sp_close(port);
	}
	sp_free_port(port);
	return rc;
}

enum errc open_device(const char *device, long baud, const char *prefixes, int *fd, bool *later,
    struct err *e)
{
	char path[PATH_MAX];
	struct stat st;

	*later = strncmp(device, "tcp:", 4) == 0;
	if (*later)
		return open_tcp(device + 4, fd, e);
	if (!place_allowed(device, prefixes))
		return err_set(e, E_DENIED, "devices lie under /dev or serial.device_prefixes");
	if (realpath(device, path) == NULL || stat(path, &st) != 0)
		return cannot_open(e, errno, "no such device", NULL);
	if (!below(path, "/dev", 4) || !S_ISCHR(st.st_mode))
		return err_set(e, E_DENIED, "not a character device under /dev");
	if (major(st.st_rdev) >= 136 && major(st.st_rdev) <= 143) /* Unix98 pty: devices.txt */
		return open_pty(path, fd, e);
	return open_serial(path, baud, fd, e);
}

bool open_dtr(int fd, bool up)
{
	int dtr = TIOCM_DTR;

	return ioctl(fd, up ? TIOCMBIS : TIOCMBIC, &dtr) == 0;
}
