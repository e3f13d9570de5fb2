/* SPDX-License-Identifier: Apache-2.0 */
/* hello - the reference of the HTTP rows: the smallest FastCGI worker behind the same nginx.
 *
 *   hello SOCKET WORKERS */
#include <fcgiapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int serve(int fd)
{
	static const char text[] = "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n";
	FCGX_Request request;

	FCGX_InitRequest(&request, fd, 0);
	while (FCGX_Accept_r(&request) == 0) {
		FCGX_PutStr(text, sizeof text - 1, request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}

int main(int argc, char **argv)
{
	long workers = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	int fd;

	if (argc < 3 || workers < 1 || FCGX_Init() != 0)
		return 2;
	fd = FCGX_OpenSocket(argv[1], 4096);
	if (fd < 0 || chmod(argv[1], 0666) != 0)
		return 1;
	for (long i = 0; i < workers; i++)
		if (fork() == 0)
			return serve(fd);
	while (wait(NULL) > 0)
		continue;
	return 0;
}
