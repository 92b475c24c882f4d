# The AWS CLI, loaded once. Most of a call's time goes into loading it; here each call is a fork of this process and
# goes on as the AWS CLI itself does. Run with the AWS CLI's own Python: `serve.py SOCKET`. Calls come from call.py.
# Ends with standard input.
import fcntl
import functools
import gc
import importlib
import os
import random
import select
import signal
import socket
import ssl
import struct
import sys
import threading
import time

# A call has no more than descriptors 0 to 5: nothing that is opened from here on may be there.
LAST_OF_A_CALL = 5
while os.open(os.devnull, os.O_RDONLY) < LAST_OF_A_CALL:
    pass

import awscli.clidriver
import awscli.customizations.s3.subcommands  # What the AWS CLI loads only when an `s3` command comes.
import botocore.hooks
import botocore.loaders


def read_once(owner, name):
    """Lets a method of the AWS CLI's loaders, which read what it knows of S3 from disk, remember its answers."""
    read, known = getattr(owner, name), {}

    def read_or_remember(self, *args, **kwargs):
        about = (*getattr(self, 'search_paths', ()), *args, *kwargs.values())
        if about not in known:
            known[about] = read(self, *args, **kwargs)
        return known[about]

    setattr(owner, name, read_or_remember)


def load():
    """Whatever most calls load: the AWS CLI's own plugins, and what it knows of S3."""
    session = awscli.clidriver.create_clidriver().session
    session.create_client('s3', region_name='us-east-1', aws_access_key_id='none', aws_secret_access_key='none')
    loader = session.get_component('data_loader')
    loader.load_data('cli')
    for kind in ['paginators-1', 'waiters-2']:
        loader.load_service_model('s3', kind)


def load_certificates_one_by_one():
    """
    OpenSSL 3.0 has no lock where it adds a source of certificates to a context, and the AWS CLI shares one context among
    its threads: about once in ten thousand calls, it is ended by SIGSEGV when the context is freed. A test that calls it
    would fail then.
    """
    load, lock = ssl.SSLContext.load_verify_locations, threading.Lock()

    def load_alone(*args, **kwargs):
        with lock:
            load(*args, **kwargs)

    ssl.SSLContext.load_verify_locations = load_alone


def receive(connection):
    """The call, and descriptors for it."""
    header, descriptors, _, _ = socket.recv_fds(connection, 4, 16)
    (length,) = struct.unpack('>I', header)
    text = b''
    while len(text) < length:
        text += connection.recv(length - len(text)) or sys.exit('The call is cut off.')
    folder, numbers, count, *parts = text.split(b'\0')
    call = {
        'folder': folder,
        'descriptors': [int(it) for it in numbers.split()],
        'arguments': [os.fsdecode(it) for it in parts[: int(count)]],
        'environment': dict(it.split(b'=', 1) for it in parts[int(count) :]),
    }
    return call, descriptors


def end_with_the_caller(connection):
    """Who ends the caller by a signal ends this process, too: the kernel sends SIGKILL when the connection is closed."""
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(connection, fcntl.F_SETFL, os.O_ASYNC)
    if select.select([connection], [], [], 0)[0]:
        os.kill(os.getpid(), signal.SIGKILL)


def become(call, descriptors):
    """Takes on what a new process gets from its caller."""
    for number, descriptor in zip(call['descriptors'], descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environb.update(call['environment'])
    importlib.reload(awscli)  # It adds its folder to AWS_DATA_PATH.
    os.chdir(call['folder'])
    time.tzset()
    random.seed()
    sys.argv = ['aws', *call['arguments']]


def end(exit_code):
    """As Python does, but for tidying up what ends anyway."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(exit_code)  # Python says what is wrong with them.
    os._exit(exit_code)


def answer(connection):
    """Runs the AWS CLI in a child, and tells the caller how it has ended."""
    call, descriptors = receive(connection)
    child = os.fork()
    if child == 0:
        end_with_the_caller(connection)
        become(call, descriptors)
        end(awscli.clidriver.main())
    for descriptor in descriptors:
        os.close(descriptor)
    _, status = os.waitpid(child, 0)
    try:
        connection.sendall(struct.pack('>i', os.waitstatus_to_exitcode(status)))
    except BrokenPipeError:
        pass  # The caller was killed.
    os._exit(0)


def main(path):
    load_certificates_one_by_one()
    read_once(botocore.loaders.JSONFileLoader, 'load_file')
    read_once(botocore.loaders.Loader, 'list_available_services')
    # It looks at each of its own functions that is to be told of an event.
    botocore.hooks.accepts_kwargs = functools.cache(botocore.hooks.accepts_kwargs)
    load()
    gc.freeze()  # No child has to look through what is loaded.
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody waits for those that answer.
    print('ready', flush=True)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if listener not in ready:
            return
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            answer(connection)
        connection.close()


main(sys.argv[1])
