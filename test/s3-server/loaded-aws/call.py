#!/usr/bin/python3 -ISE
# An `aws` that passes its arguments, environment, folder and descriptors to serve.py, through the socket beside it. It
# starts thousands of times, so it imports only modules that load fast; json and socket do not.
import _signal
import _socket
import os
import sys

# The descriptors that lib/aws/aws-cli.ts may give to the AWS CLI.
DESCRIPTORS = range(6)


def is_open(descriptor):
    try:
        os.fstat(descriptor)
        return True
    except OSError:
        return False


_signal.signal(_signal.SIGINT, _signal.SIG_DFL)
descriptors = [it for it in DESCRIPTORS if is_open(it)]
arguments = [os.fsencode(it) for it in sys.argv[1:]]
variables = [name + b'=' + value for name, value in os.environb.items()]
parts = [
    os.getcwdb(),
    ' '.join(map(str, descriptors)).encode(),
    str(len(arguments)).encode(),
    *arguments,
    *variables,
]
text = b'\0'.join(parts)
server = _socket.socket(_socket.AF_UNIX)
server.connect(os.path.join(os.path.dirname(__file__), 'socket'))
rights = b''.join(it.to_bytes(4, sys.byteorder) for it in descriptors)
header = len(text).to_bytes(4, 'big')
server.sendmsg([header], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)])
server.sendall(text)
answer = server.recv(4)
if len(answer) < 4:
    sys.exit('The loaded AWS CLI did not report the exit code of the call.')
status = int.from_bytes(answer, 'big', signed=True)
if status < 0:
    os.kill(os.getpid(), -status)
os._exit(status & 0xFF)
