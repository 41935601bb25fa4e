"""A clock that can be set: libfaketime, with sleeps that it leaves alone."""

from pathlib import Path

from tests.faults.preloaded import built

#: From Debian's package libfaketime.
LIBRARIES = tuple(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))

#: libfaketime takes the end of a sleep by the monotonic clock for a time of the other clock, and refuses it. So every
#: `time.sleep` of Python would fail, and all parts would be replaced because they give no sign of life.
SLEEPS = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left) {
    return syscall(SYS_clock_nanosleep, clock, flags, until, left) ? errno : 0;
}
"""


def settable_clock(directory: Path) -> dict[str, str]:
    """Return the variables of processes whose clock is in the file `offset` of a directory."""
    (directory / "offset").write_text("+0")
    return {
        "LD_PRELOAD": f"{built(SLEEPS, directory / 'sleeps.so')} {LIBRARIES[0]}",
        "FAKETIME_TIMESTAMP_FILE": str(directory / "offset"),
        "FAKETIME_CACHE_DURATION": "1",
        # The monotonic clock is that of the kernel's waits. If it changed, a wait could last an hour.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
