/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "run/packet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

union pass_room { /* aligned for struct cmsghdr */
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static int new_socket(const char *path, struct sockaddr_un *at)
{
	*at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof at->sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(at->sun_path, sizeof at->sun_path, "%s", path);
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static int closed(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

int packet_listen(const char *path)
{
	struct sockaddr_un at;
	int fd = new_socket(path, &at);

	if (fd < 0)
		return -1;
	unlink(path);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || chmod(path, 0660) != 0 ||
	    listen(fd, 64) != 0)
		return closed(fd);
	return fd;
}

int packet_accept(int listener)
{
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int packet_connect(const char *path)
{
	struct sockaddr_un at;
	int fd = new_socket(path, &at);

	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
		return closed(fd);
	return fd;
}

ssize_t packet_send(int fd, const char *text, size_t size, int pass)
{
	struct iovec io = { .iov_base = (void *)text, .iov_len = size };
	struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1 };
	union pass_room room = { .bytes = "" };
	struct cmsghdr *c;

	if (pass >= 0) {
		msg.msg_control = room.bytes;
		msg.msg_controllen = sizeof room.bytes;
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof pass);
		memcpy(CMSG_DATA(c), &pass, sizeof pass);
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int passed_fd(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof fd))
		memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

ssize_t packet_recv(int fd, char *text, size_t cap, int *passed)
{
	struct iovec io = { .iov_base = text, .iov_len = cap - 1 };
	union pass_room room = { .bytes = "" };
	struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = room.bytes,
		.msg_controllen = sizeof room.bytes };
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	int got;

	if (passed != NULL)
		*passed = -1;
	if (n < 0)
		return -1;
	text[n] = '\0';
	got = passed_fd(&msg);
	if ((msg.msg_flags & MSG_TRUNC) != 0 || (got >= 0 && passed == NULL)) {
		if (got >= 0)
			close(got);
		if ((msg.msg_flags & MSG_TRUNC) != 0) {
			errno = EMSGSIZE;
			return -1;
		}
		return n;
	}
	if (passed != NULL)
		*passed = got;
	return n;
}
