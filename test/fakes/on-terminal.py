"""Runs a program on a terminal of its own: on-terminal.py STEPS PROGRAM ARGUMENT...

STEPS is JSON: pairs of a text that the program has to show, and the keys to type then. Prints all that the program
showed. The exit code is the program's; 99 if the program ended before it showed the text of a step."""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios

steps = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    # The size is set before the program starts, because a program redraws its question when the size changes.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 100, 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])

# Seconds after which a silent program is killed.
SILENCE = 60
shown = b''
seen = 0  # Where the search for the next step's text begins.


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
