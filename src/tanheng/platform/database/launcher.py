"""Starts one child process that ends with its parent: run as a script, before anything of ours is imported.

``python launcher.py PARENT SIGNAL UID GID COMMAND …``. It gives up root's rights, asks the kernel for ``SIGNAL`` when
the parent dies, checks that the parent has not died meanwhile and becomes COMMAND. The order matters: a change of user
clears the request. It is a program, and neither a ``preexec_fn`` nor a ``user`` of ``subprocess``, because the parent has
threads: both would copy it as it is at that moment, with the locks that its threads hold.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def launched(command: list[str], *, ends_by: int, uid: int, gid: int) -> list[str]:
    """Return the words that start ``command`` by this file: as this user, and sent the signal ``ends_by`` when we die."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(ends_by)), str(uid), str(gid), *command]


def main(arguments: list[str]) -> None:
    """Become the command."""
    parent, signal_number, uid, gid = (int(text) for text in arguments[:4])
    command = arguments[4:]
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606  # becoming the command is what this file is for


if __name__ == "__main__":
    main(sys.argv[1:])
