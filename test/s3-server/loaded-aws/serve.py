# Loads the AWS CLI once, and forks for each call, because loading takes most of a call's time. Run it with the AWS CLI's
# own Python: `serve.py SOCKET`. Calls come from call.py. It ends when standard input is closed.
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

# Calls use descriptors 0 to 5, so this process must open nothing there.
LAST_OF_A_CALL = 5
while os.open(os.devnull, os.O_RDONLY) < LAST_OF_A_CALL:
    pass

import awscli.clidriver
import awscli.customizations.s3.subcommands  # The AWS CLI itself loads this only for an `s3` command.
import botocore.hooks
import botocore.loaders


def read_once(owner, name):
    """Caches the results of a method of the AWS CLI's loaders, which read its data files from disk."""
    read, known = getattr(owner, name), {}

    def read_or_remember(self, *args, **kwargs):
        about = (*getattr(self, 'search_paths', ()), *args, *kwargs.values())
        if about not in known:
            known[about] = read(self, *args, **kwargs)
        return known[about]

    setattr(owner, name, read_or_remember)


def load():
    """Loads what most calls need: the AWS CLI's plugins, and its data about S3."""
    session = awscli.clidriver.create_clidriver().session
    session.create_client('s3', region_name='us-east-1', aws_access_key_id='none', aws_secret_access_key='none')
    loader = session.get_component('data_loader')
    loader.load_data('cli')
    for kind in ['paginators-1', 'waiters-2']:
        loader.load_service_model('s3', kind)


def load_certificates_one_by_one():
    """
    OpenSSL 3.0 takes no lock when it adds a source of certificates to a context, and the AWS CLI shares one context among
    its threads. About once in ten thousand calls, SIGSEGV kills the AWS CLI when the context is freed, and the test fails.
    """
    load, lock = ssl.SSLContext.load_verify_locations, threading.Lock()

    def load_alone(*args, **kwargs):
        with lock:
            load(*args, **kwargs)

    ssl.SSLContext.load_verify_locations = load_alone


def receive(connection):
    """Receives a call. Returns it with its descriptors."""
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
    """Ends this process when a signal ends the caller: the kernel sends SIGKILL when the connection is closed."""
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(connection, fcntl.F_SETFL, os.O_ASYNC)
    if select.select([connection], [], [], 0)[0]:
        os.kill(os.getpid(), signal.SIGKILL)


def become(call, descriptors):
    """Gives this process the descriptors, environment, folder and arguments of the call."""
    for number, descriptor in zip(call['descriptors'], descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environb.update(call['environment'])
    importlib.reload(awscli)  # This adds awscli's folder to AWS_DATA_PATH.
    os.chdir(call['folder'])
    time.tzset()
    random.seed()
    sys.argv = ['aws', *call['arguments']]


def end(exit_code):
    """Exits like Python, without its cleanup."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(exit_code)  # Python reports the error.
    os._exit(exit_code)


def answer(connection):
    """Runs the AWS CLI in a child, and sends its exit code to the caller."""
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
    # The AWS CLI inspects each of its event handlers in every call.
    botocore.hooks.accepts_kwargs = functools.cache(botocore.hooks.accepts_kwargs)
    load()
    gc.freeze()  # The children's garbage collector skips all that is loaded.
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody waits for the children that answer.
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
