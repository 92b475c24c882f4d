#!/usr/bin/python3 -ISE
# An `aws` that hands itself on to serve.py, by the socket beside it: arguments, environment, folder, descriptors.
import json
import os
import signal
import socket
import struct
import sys

# Those that lib/aws/aws-cli.ts gives to the AWS CLI, or fewer.
DESCRIPTORS = range(6)


def is_open(descriptor):
    try:
        os.fstat(descriptor)
        return True
    except OSError:
        return False


signal.signal(signal.SIGINT, signal.SIG_DFL)
descriptors = [it for it in DESCRIPTORS if is_open(it)]
call = {
    'arguments': sys.argv[1:],
    'environment': dict(os.environ),
    'folder': os.getcwd(),
    'descriptors': descriptors,
}
text = json.dumps(call).encode()
server = socket.socket(socket.AF_UNIX)
server.connect(os.path.join(os.path.dirname(__file__), 'socket'))
socket.send_fds(server, [struct.pack('>I', len(text))], descriptors)
server.sendall(text)
answer = server.recv(4)
if len(answer) < 4:
    sys.exit('The loaded AWS CLI has not told how the call has ended.')
(status,) = struct.unpack('>i', answer)
if status < 0:
    os.kill(os.getpid(), -status)
os._exit(status & 0xFF)
