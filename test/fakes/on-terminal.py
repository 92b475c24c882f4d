"""Runs a program on a terminal of its own: on-terminal.py STEPS PROGRAM ARGUMENT...

STEPS is JSON: pairs of what the program has to show, and what is typed then. Prints what it showed. The exit
code is the program's; 99 if it did not show what a step waits for before it ended."""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios

steps = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    # Before the program starts: it would draw its question again for a change of the size.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 100, 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])

# Seconds after which a program that says nothing is ended.
SILENCE = 60
shown = b''
seen = 0  # Where the next step begins to look.


def plain(text):
    return re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', '', text.decode('utf-8', 'replace'))


while True:
    if not select.select([terminal], [], [], SILENCE)[0]:
        os.kill(pid, signal.SIGKILL)
        break
    try:
        data = os.read(terminal, 65536)
    except OSError:  # The program has ended.
        break
    if not data:
        break
    shown += data
    while steps:
        at = plain(shown).find(steps[0][0], seen)
        if at == -1:
            break
        seen = at + len(steps[0][0])
        os.write(terminal, steps.pop(0)[1].encode())
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
code = os.waitstatus_to_exitcode(status)
sys.exit(99 if steps else code if code >= 0 else 128 - code)
