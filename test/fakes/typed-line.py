"""Types keys into a shell on a terminal of its own, once it shows "READY", and waits until it ends.

typed-line.py KEYS SHELL ARGUMENT..."""

import os
import pty
import sys

keys, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
shown = b""
while True:
    try:
        shown += os.read(terminal, 1024)
    except OSError:
        break  # The shell has ended.
    if keys and b"READY" in shown:
        os.write(terminal, keys.encode())
        keys = ""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
