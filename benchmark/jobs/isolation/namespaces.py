"""What Linux can take from a user's agent: network, other processes, writing to records, capabilities, endless children.

An ordinary user may do this to own processes where the system allows user namespaces; where it does not, the agent runs
without and its record says so.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import resource
import signal
import socket
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

NEW_USER, NEW_MOUNTS, NEW_PROCESSES, NEW_NETWORK, NEW_IPC = 0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000
"""Flags of `unshare(2)`."""
READ_ONLY, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 32, 4096, 16384, 1 << 18
KEPT_FLAGS = {2: 2, 4: 4, 8: 8, 1024: 1024, 2048: 2048, 4096: 1 << 21}
"""Flags of `mount(2)`, by the name that `statvfs(3)` has for each: what a mount forbids already has to stay forbidden."""
DIE_WITH_PARENT, DROP_FROM_BOUNDING_SET, NO_NEW_PRIVILEGES, ADOPT_ORPHANS = 1, 24, 38, 36
"""Options of `prctl(2)`."""
CAPABILITIES, CAPABILITY_VERSION = 64, 0x20080522
SET_INTERFACE, IS_UP = 0x8914, 1
MOST_DESCRIPTORS = 1024
MOST_PROCESSES = 1024
"""Of one user's agent, threads counted as such: enough for any trainer, and too few to choke a machine."""
COUNTED_APART = (5, 14)
"""From this Linux on a limit of processes counts those of a namespace alone, and not all that its user has elsewhere."""
KILLED = 128
"""Exit codes above this say by which signal a process died, where it cannot die of it itself."""

_libc = ctypes.CDLL(None, use_errno=True)


def confine(read_only: Sequence[Path]) -> str:
    """Go on in namespaces of its own, as a grandchild of this process; empty, or why not all of it is possible here.

    This process waits for it and ends as it does. Its child is the first of the namespace's processes: when it ends, all do.

    Args:
        read_only: folders that can be read and not written from now on.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(NEW_USER | NEW_MOUNTS | NEW_PROCESSES | NEW_NETWORK | NEW_IPC):
        return f"this system allows no user namespaces ({os.strerror(ctypes.get_errno())})"
    die_with_parent()
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    _go_on_as_a_child(_end_alike)
    reason = _set_up(read_only)
    _drop_capabilities()
    limit_processes(MOST_PROCESSES)
    _go_on_as_a_child(lambda code: os._exit(KILLED - code if code < 0 else code))
    return reason


def limit_processes(most: int) -> None:
    """Let this namespace have no more processes, where the system counts them apart; root it lets have any number."""
    if tuple(map(int, re.findall(r"\d+", os.uname().release)[:2])) >= COUNTED_APART:
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def die_with_parent() -> None:
    """Let the system kill this process when its parent dies."""
    _prctl(DIE_WITH_PARENT, signal.SIGKILL)


def adopt_orphans() -> None:
    """Let processes whose parent died become this one's children, so that they can be found."""
    _prctl(ADOPT_ORPHANS, 1)


def _go_on_as_a_child(end: Callable[[int], NoReturn]) -> None:
    """Return in a child; this process waits for it, and ends by its exit code (or minus its signal)."""
    child = os.fork()
    if child:
        os.closerange(3, MOST_DESCRIPTORS)  # nobody may take this process for the agent's end of a socket
        end(_code_of(child))
    die_with_parent()


def _code_of(child: int) -> int:
    """The exit code of a child, or minus its signal, once it has ended; orphans that come here are reaped meanwhile."""
    while True:
        number, status = os.wait()
        if number == child:
            return os.waitstatus_to_exitcode(status)


def _end_alike(code: int) -> NoReturn:
    """End by the signal that an exit code stands for, or by this code."""
    if code > KILLED:
        with suppress(OSError, ValueError):
            signal.signal(code - KILLED, signal.SIG_DFL)
        with suppress(OSError):
            os.kill(os.getpid(), code - KILLED)
    os._exit(code)


def _set_up(read_only: Sequence[Path]) -> str:
    """What needs capabilities; empty, or what failed."""
    with suppress(OSError):  # where a container hides parts of its own, it allows no other
        _mount("proc", "/proc", 2 | 4 | 8, "proc")
    here = os.getcwd()
    try:
        _mount(None, "/", RECURSIVE | PRIVATE)
        _mount(here, here, BIND)  # it can be written, wherever it lies
        for folder in read_only:
            _make_read_only(str(folder))
        os.chdir(here)  # by a path that leads through what was mounted
        _raise_loopback()
    except OSError as error:
        return f"this system does not let folders be made read-only for an agent ({error.strerror})"
    return ""


def _make_read_only(folder: str) -> None:
    _mount(folder, folder, BIND | RECURSIVE)
    kept = sum(flag for found, flag in KEPT_FLAGS.items() if os.statvfs(folder).f_flag & found)
    _mount(None, folder, BIND | REMOUNT | READ_ONLY | kept)


def _raise_loopback() -> None:
    """Processes of one agent may talk to each other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_INTERFACE, struct.pack("16sH22x", b"lo", IS_UP))


def _drop_capabilities() -> None:
    """All of them, for good: with one of them a mount could be undone."""
    for number in range(CAPABILITIES):
        _prctl(DROP_FROM_BOUNDING_SET, number)
    header, none = struct.pack("=Ii", CAPABILITY_VERSION, 0), bytes(24)
    _libc.capset(ctypes.create_string_buffer(header), ctypes.create_string_buffer(none))
    _prctl(NO_NEW_PRIVILEGES, 1)


def _prctl(option: int, argument: int) -> None:
    _libc.prctl(option, ctypes.c_ulong(argument), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))


def _mount(source: str | None, target: str, flags: int, kind: str | None = None) -> None:
    """Mount, as `mount(2)` does.

    Raises:
        OSError: the system does not allow it.
    """
    texts = [text and text.encode() for text in (source, target, kind)]
    if _libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), None):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
