/*
 * Simulates a disk that keeps only what was synced (S73). Put in front with LD_PRELOAD: after each successful fsync or fdatasync
 * of a file below DURABLE_FROM its content is copied below DURABLE_TO, through the descriptor that was given (S14), under a
 * lock, to a temporary name that is then renamed; unlink is carried over. Directory entries count as durable; no reordering, no
 * torn sectors.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Where the copy of a path belongs; 0 when the path is none of ours. */
static int copy_path(const char *path, char *copy) {
	const char *from = getenv("DURABLE_FROM"), *to = getenv("DURABLE_TO");
	if (!from || !to || strncmp(path, from, strlen(from)) != 0) return 0;
	return snprintf(copy, PATH_MAX, "%s%s", to, path + strlen(from)) < PATH_MAX;
}

static void keep(int fd) {
	char link[64], path[PATH_MAX], copy[PATH_MAX], part[PATH_MAX + 8], block[65536];
	struct stat about;
	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length <= 0) return;
	path[length] = 0;
	if (!copy_path(path, copy)) return;
	pthread_mutex_lock(&lock);
	snprintf(part, sizeof part, "%s.part", copy);
	int out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (out < 0) abort();
	off_t at = 0;
	for (ssize_t n; (n = pread(fd, block, sizeof block, at)) > 0; at += n)
		if (write(out, block, n) != n) abort();
	close(out);
	if (rename(part, copy) != 0) abort();
	pthread_mutex_unlock(&lock);
}

static int sync_and_keep(const char *name, int fd) {
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
	int result = real(fd);
	if (result == 0) keep(fd);
	return result;
}

int fsync(int fd) { return sync_and_keep("fsync", fd); }
int fdatasync(int fd) { return sync_and_keep("fdatasync", fd); }

int unlink(const char *path) {
	int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
	char copy[PATH_MAX];
	if (copy_path(path, copy)) real(copy);
	return real(path);
}
