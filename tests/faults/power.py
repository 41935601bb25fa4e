"""A power cut: what was written but not synchronized is gone.

A library that is loaded into Valkey writes down the size of each file after each successful fsync or fdatasync. After
the kill, the append-only files are cut to these sizes. Torn sectors, and disks that report success too early, are not
simulated.
"""

from pathlib import Path

from tests.faults.preloaded import built

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void note(int fd) {
    const char *directory = getenv("SYNCED_SIZES");
    struct stat status;
    char path[4096], text[32];
    if (!directory || fstat(fd, &status) || !S_ISREG(status.st_mode)) return;
    snprintf(path, sizeof path, "%s/%lu", directory, (unsigned long)status.st_ino);
    int n = snprintf(text, sizeof text, "%020ld", (long)status.st_size);
    int to = open(path, O_WRONLY | O_CREAT, 0600);
    if (to >= 0) { if (pwrite(to, text, n, 0) != n) abort(); close(to); }
}
int fsync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int result = real(fd);
    if (!result) note(fd);
    return result;
}
int fdatasync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int result = real(fd);
    if (!result) note(fd);
    return result;
}
"""


def recorded_syncs(directory: Path) -> dict[str, str]:
    """Build the library in `directory`, and return the variables that load it."""
    sizes = directory / "sizes"
    sizes.mkdir()
    library = built(SOURCE, directory / "syncs.so")
    return {"LD_PRELOAD": str(library), "SYNCED_SIZES": str(sizes)}


def cut_to_synced(files: Path, sizes: Path) -> int:
    """Cut all files of a directory to what was synchronized. Return the bytes that this takes away."""
    lost = 0
    for path in files.iterdir():
        status = path.stat()
        noted = sizes / str(status.st_ino)
        synced = min(status.st_size, int(noted.read_text())) if noted.exists() else 0
        lost += status.st_size - synced
        with path.open("r+b") as file:
            file.truncate(synced)
    return lost
