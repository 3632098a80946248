"""Becomes another program: one that dies with its parent and, where it must not be root, is another user.

Run as a script of its own between fork and exec (see process.py), because Python code in a forked child of a process
with threads can hang. It needs nothing but the standard library and lives for some 15 ms.

usage: python -I -S launch.py PARENT_PID SIGNAL UID NICE PROGRAM [ARGUMENT...]      (UID -1: stay who you are)
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, doing: str) -> None:
    """Raises the C library's error, if there is one."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{doing}: {os.strerror(code)}")


def prctl(option: int, *arguments: int) -> None:
    """prctl(2)."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    check(libc.prctl(option, *(ctypes.c_ulong(argument) for argument in padded)), f"prctl({option})")


def permitted_capabilities() -> int:
    """The bit set of capabilities this process may use (capabilities(7))."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123  (pathlib takes long to import)
        return next(int(line.split()[1], 16) for line in status if line.startswith("CapPrm:"))


def become(uid: int) -> None:
    """Turns root into the user `uid`, who keeps one right of root: to reach files below folders closed to others.

    The checkout, its environment and the run's folder may lie below a home folder of mode 700, which the new user could
    not enter, and opening it up or copying the programs elsewhere would change more than a test run should.
    Read-and-search is asked for first; a container's root may have nothing but the stronger right to override.
    """
    permitted = permitted_capabilities()
    kept = CAP_DAC_READ_SEARCH if permitted >> CAP_DAC_READ_SEARCH & 1 else CAP_DAC_OVERRIDE
    # Else setuid drops every capability, and access(2) judges by the user id alone.
    prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(*([1 << kept] * 3), 0, 0, 0)
    check(libc.capset(header, effective_permitted_inheritable), "capset")
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept)


def main() -> None:
    """Does what the usage says; does not return."""
    parent, signal, uid, niceness = (int(word) for word in sys.argv[1:5])
    command = sys.argv[5:]
    if uid >= 0:
        become(uid)
    os.nice(niceness)
    prctl(PR_SET_PDEATHSIG, signal)  # after the change of user, which would clear it
    if os.getppid() != parent:  # the parent died before the line above
        sys.exit(1)
    try:
        os.execvp(command[0], command)  # noqa: S606  (no shell is wanted)
    except OSError as error:
        sys.exit(f"cannot run {command[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
