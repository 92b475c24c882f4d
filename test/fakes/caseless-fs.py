"""A case-insensitive file system that also ignores Unicode normalization: caseless-fs.py FOLDER MOUNT_POINT [OPTION]...

It mounts FOLDER at MOUNT_POINT by FUSE (libfuse.so.2), until it is unmounted. The options:
ctime-moves  each stat returns the current time as the ctime
no-times     setting a file's times succeeds and has no effect
no-owners    chown and chmod fail with ENOSYS
ignores-owners  chown and chmod succeed and have no effect
no-types     readdir returns no types
ascii-case   only ASCII letters are case-insensitive, and normalization counts
hangs        each call prints its name on standard output and never returns
"""
import ctypes as c
import errno
import os
import signal
import sys
import time as clock
import unicodedata

root, mount_point = map(os.fsencode, sys.argv[1:3])
ctime_moves = "ctime-moves" in sys.argv
no_times = "no-times" in sys.argv
no_types = "no-types" in sys.argv
no_owners = "no-owners" in sys.argv
ignores_owners = "ignores-owners" in sys.argv
hangs = "hangs" in sys.argv
ascii_case = "ascii-case" in sys.argv


class Time(c.Structure):
    _fields_ = [("s", c.c_long), ("ns", c.c_long)]


class Stat(c.Structure):  # struct stat of x86-64.
    _fields_ = [
        *((name, c.c_uint64) for name in ("dev", "ino", "nlink")),
        *((name, c.c_uint) for name in ("mode", "uid", "gid", "padding")),
        *((name, c.c_uint64) for name in ("rdev", "size", "blksize", "blocks")),
        *((name, Time) for name in ("atime", "mtime", "ctime")),
        ("reserved", c.c_long * 3),
    ]


class OpenFile(c.Structure):
    _fields_ = [("flags", c.c_int), ("old", c.c_ulong), ("page", c.c_int), ("bits", c.c_uint), ("fh", c.c_uint64), ("owner", c.c_uint64)]


class StatFs(c.Structure):
    _fields_ = [(name, c.c_ulong) for name in "bsize frsize blocks bfree bavail files ffree favail fsid flag namemax".split()] + [("spare", c.c_int * 6)]


PATH, BYTES, OPEN, OFFSET = c.c_char_p, c.POINTER(c.c_byte), c.POINTER(OpenFile), c.c_int64
FILL = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_char_p, c.c_void_p, OFFSET)
# The members of struct fuse_operations (FUSE 2.9) in order; None: not implemented.
OPERATIONS = {
    "getattr": (PATH, c.POINTER(Stat)), "readlink": (PATH, BYTES, c.c_size_t), "getdir": None, "mknod": None,
    "mkdir": (PATH, c.c_uint), "unlink": (PATH,), "rmdir": (PATH,), "symlink": (PATH, PATH), "rename": (PATH, PATH),
    "link": None, "chmod": (PATH, c.c_uint), "chown": (PATH, c.c_uint, c.c_uint), "truncate": (PATH, OFFSET), "utime": None,
    "open": (PATH, OPEN), "read": (PATH, BYTES, c.c_size_t, OFFSET, OPEN), "write": (PATH, BYTES, c.c_size_t, OFFSET, OPEN),
    "statfs": (PATH, c.POINTER(StatFs)), "flush": None, "release": (PATH, OPEN), "fsync": None, "setxattr": None,
    "getxattr": None, "listxattr": None, "removexattr": None, "opendir": None,
    "readdir": (PATH, c.c_void_p, FILL, OFFSET, OPEN), "releasedir": None, "fsyncdir": None, "init": None,
    "destroy": None, "access": None, "create": (PATH, c.c_uint, OPEN), "ftruncate": (PATH, OFFSET, OPEN),
    "fgetattr": (PATH, c.POINTER(Stat), OPEN), "lock": None, "utimens": (PATH, c.POINTER(Time * 2)),
}  # fmt: skip


def folded(name):
    if ascii_case:
        return name.lower()
    return unicodedata.normalize("NFD", os.fsdecode(name).casefold())


def real(path):
    """The path in FOLDER, in which each part has the spelling of the existing file."""
    found = root
    for name in filter(None, path.split(b"/")):
        names = os.listdir(found) if os.path.isdir(found) else []
        same = [it for it in names if folded(it) == folded(name)]
        found = os.path.join(found, name if name in names or not same else same[0])
    return found


def fill_stat(stat, stats):
    for name in ("dev", "ino", "nlink", "mode", "uid", "gid", "size", "blksize", "blocks"):
        setattr(stat.contents, name, getattr(stats, f"st_{name}"))
    for name in ("atime", "mtime", "ctime"):
        time = getattr(stat.contents, name)
        time.s, time.ns = divmod(getattr(stats, f"st_{name}_ns"), 10**9)
    if ctime_moves:
        time.s, time.ns = divmod(clock.time_ns(), 10**9)


def fill_statfs(stat, stats):
    for name in "bsize frsize blocks bfree bavail files ffree favail namemax".split():
        setattr(stat.contents, name, getattr(stats, f"f_{name}"))


def fill_bytes(buffer, content):
    c.memmove(buffer, content, len(content))
    return len(content)


def open_file(path, flags, mode, file):
    file.contents.fh = os.open(real(path), flags, mode & 0o7777)


def type_of(path, name):
    stat = Stat()
    stat.mode = os.lstat(os.path.join(real(path), name)).st_mode
    return stat


def read_folder(path, buffer, fill):
    for name in [b".", b"..", *os.listdir(real(path))]:
        fill(buffer, name, None if no_types else c.byref(type_of(path, name)), 0)


def set_times(path, times):
    if no_times:
        return
    atime, mtime = times.contents
    os.utime(real(path), ns=(max(atime.s, 0) * 10**9, mtime.s * 10**9 + mtime.ns), follow_symlinks=False)


def set_owner(function, *arguments):
    if no_owners:
        raise OSError(errno.ENOSYS, "")
    if not ignores_owners:
        function(*arguments)


def owner(number):
    return -1 if number == 2**32 - 1 else number


FUNCTIONS = {
    "getattr": lambda path, stat: fill_stat(stat, os.lstat(real(path))),
    "fgetattr": lambda path, stat, file: fill_stat(stat, os.fstat(file.contents.fh)),
    "readlink": lambda path, buffer, size: fill_bytes(buffer, os.readlink(real(path))[: size - 1] + b"\0") * 0,
    "mkdir": lambda path, mode: os.mkdir(real(path), mode & 0o7777),
    "unlink": lambda path: os.unlink(real(path)),
    "rmdir": lambda path: os.rmdir(real(path)),
    "symlink": lambda target, path: os.symlink(target, real(path)),
    "rename": lambda path, to: os.rename(real(path), real(to)),
    "chmod": lambda path, mode: set_owner(os.chmod, real(path), mode & 0o7777),
    "chown": lambda path, uid, gid: set_owner(os.lchown, real(path), owner(uid), owner(gid)),
    "truncate": lambda path, size: os.truncate(real(path), size),
    "ftruncate": lambda path, size, file: os.ftruncate(file.contents.fh, size),
    "open": lambda path, file: open_file(path, file.contents.flags & ~os.O_NOFOLLOW, 0, file),
    "create": lambda path, mode, file: open_file(path, file.contents.flags | os.O_CREAT, mode, file),
    "read": lambda path, buffer, size, offset, file: fill_bytes(buffer, os.pread(file.contents.fh, size, offset)),
    "write": lambda path, buffer, size, offset, file: os.pwrite(file.contents.fh, c.string_at(buffer, size), offset),
    "release": lambda path, file: os.close(file.contents.fh),
    "statfs": lambda path, stat: fill_statfs(stat, os.statvfs(real(path))),
    "readdir": lambda path, buffer, fill, offset, file: read_folder(path, buffer, fill),
    "utimens": set_times,
}


def hang(name, path):
    print(name, path, flush=True)
    while True:
        signal.pause()


def answering(name, function):
    def answer(*arguments):
        if hangs:
            hang(name, arguments[0])
        try:
            return function(*arguments) or 0
        except OSError as error:
            return -(error.errno or errno.EIO)

    return answer


def prototype(arguments):
    return c.c_void_p if arguments is None else c.CFUNCTYPE(c.c_int, *arguments)


class Operations(c.Structure):
    _fields_ = [(name, prototype(arguments)) for name, arguments in OPERATIONS.items()]


operations = Operations()
for name, function in FUNCTIONS.items():
    setattr(operations, name, prototype(OPERATIONS[name])(answering(name, function)))
os.umask(0)
uncached = b"entry_timeout=0,attr_timeout=0,negative_timeout=0"
words = [b"caseless-fs", mount_point, b"-f", b"-s", b"-o", uncached]
fuse = c.CDLL("libfuse.so.2")
sys.exit(fuse.fuse_main_real(len(words), (c.c_char_p * len(words))(*words), c.byref(operations), c.c_size_t(c.sizeof(operations)), None))
