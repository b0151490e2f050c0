// SPDX-License-Identifier: Apache-2.0
//
// Tells the client all that it was started with, as key=value lines: argv.N, env.NAME, fd.N, ids, groups,
// limit.NAME, umask, cwd, nice, pid, ppid, pgid, sid, and status.KEY from /proc/self/status.
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char** environ;

static void show_descriptors(void) {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == NULL) return;
  for (struct dirent* entry; (entry = readdir(folder)) != NULL;) {
    if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(folder)) continue;
    char path[300];
    char target[4096];
    snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
    const ssize_t size = readlink(path, target, sizeof target);
    printf("fd.%s=%.*s\n", entry->d_name, size < 0 ? 0 : (int)size, target);
  }
  closedir(folder);
}

static void show_status(void) {
  static const char* const wanted[] = {"SigBlk", "SigIgn",     "SigCgt",  "SigPnd", "CapEff",
                                       "CapBnd", "NoNewPrivs", "Seccomp", "Name"};
  FILE* file = fopen("/proc/self/status", "re");
  if (file == NULL) return;
  char line[4096];
  while (fgets(line, sizeof line, file) != NULL) {
    char* colon = strchr(line, ':');
    if (colon == NULL) continue;
    *colon = '\0';
    const char* value = colon + 1 + strspn(colon + 1, " \t");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; ++i)
      if (strcmp(line, wanted[i]) == 0) printf("status.%s=%s", line, value);
  }
  fclose(file);
}

static void show_limits(void) {
  static const struct {
    const char* name;
    int resource;
  } limits[] = {{"as", RLIMIT_AS},
                {"core", RLIMIT_CORE},
                {"cpu", RLIMIT_CPU},
                {"data", RLIMIT_DATA},
                {"fsize", RLIMIT_FSIZE},
                {"memlock", RLIMIT_MEMLOCK},
                {"nofile", RLIMIT_NOFILE},
                {"nproc", RLIMIT_NPROC},
                {"rss", RLIMIT_RSS},
                {"stack", RLIMIT_STACK},
                {"nice", RLIMIT_NICE},
                {"rtprio", RLIMIT_RTPRIO},
                {"msgqueue", RLIMIT_MSGQUEUE},
                {"sigpending", RLIMIT_SIGPENDING}};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; ++i) {
    struct rlimit value;
    if (getrlimit((__rlimit_resource_t)limits[i].resource, &value) != 0) continue;
    printf("limit.%s=", limits[i].name);
    if (value.rlim_cur == RLIM_INFINITY)
      printf("unlimited:");
    else
      printf("%llu:", (unsigned long long)value.rlim_cur);
    if (value.rlim_max == RLIM_INFINITY)
      printf("unlimited\n");
    else
      printf("%llu\n", (unsigned long long)value.rlim_max);
  }
}

static void show_ids(void) {
  uid_t uid[3];
  gid_t gid[3];
  getresuid(&uid[0], &uid[1], &uid[2]);
  getresgid(&gid[0], &gid[1], &gid[2]);
  printf("uid=%u\neuid=%u\nsuid=%u\n", uid[0], uid[1], uid[2]);
  printf("gid=%u\negid=%u\nsgid=%u\n", gid[0], gid[1], gid[2]);
  gid_t groups[256];
  const int count = getgroups(256, groups);
  printf("groups=");
  for (int i = 0; i < count; ++i) printf(i == 0 ? "%u" : " %u", groups[i]);
  printf("\npid=%d\nppid=%d\npgid=%d\nsid=%d\n", (int)getpid(), (int)getppid(), (int)getpgrp(), (int)getsid(0));
}

int main(int count, char** words) {
  show_descriptors();
  show_status();
  show_limits();
  show_ids();
  for (int i = 0; i < count; ++i) printf("argv.%d=%s\n", i, words[i]);
  for (char** entry = environ; *entry != NULL; ++entry) printf("env.%s\n", *entry);
  const mode_t mask = umask(0);
  char folder[4096];
  printf("umask=%04o\ncwd=%s\nnice=%d\n", (unsigned)mask, getcwd(folder, sizeof folder) != NULL ? folder : "?",
         getpriority(PRIO_PROCESS, 0));
  return fflush(stdout) == 0 ? 0 : 1;
}
