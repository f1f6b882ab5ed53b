"""What Windows lacks is missed nowhere: POSIX modules, signal handlers of the event loop, fcntl locks.

Tried here by taking these things away from our own modules; what lies below them knows Windows itself.
"""

import builtins
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from sevis_sim.workspace import DataDirectory, DataDirectoryError

TAKEN = ("fcntl", "termios", "resource", "pwd", "grp", "tty", "pty", "syslog", "readline", "_posixshmem", "uvloop")

IMPORT_ALL = f"""
import asyncio, builtins, importlib, pkgutil, signal, subprocess, sys
import multiprocessing.resource_tracker, tempfile, pathlib
real, taken, failed = builtins.__import__, {TAKEN!r}, []

def without(name, globals=None, locals=None, fromlist=(), level=0):
    ours = (globals or {{}}).get("__name__", "").partition(".")[0] in ("sevis_sim", "udir_sim")
    if ours and level == 0 and name.partition(".")[0] in taken:
        raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
    return real(name, globals, locals, fromlist, level)

builtins.__import__ = without
for name in ("SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE", "pthread_sigmask"):
    delattr(signal, name)
import sevis_sim, udir_sim
for package in (sevis_sim, udir_sim):
    for each in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if each.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(each.name)
        except ModuleNotFoundError as error:
            if error.name.partition(".")[0] not in ("asyncssh", "numpy", "pytest", "testcontainers"):
                failed.append(f"{{each.name}}: {{error}}")
        except Exception as error:
            failed.append(f"{{each.name}}: {{type(error).__name__}}: {{error}}")
print("\\n".join(failed))
"""

NO_SIGNAL_HANDLERS = """
import asyncio.unix_events as unix

def none(*_):
    raise NotImplementedError

unix._UnixSelectorEventLoop.add_signal_handler = unix._UnixSelectorEventLoop.remove_signal_handler = none
from {package}.cli import main
main()
"""


def test_every_module_can_be_imported_without_what_posix_has():
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


@pytest.fixture
def msvcrt(monkeypatch):
    """Put the locks of Windows where fcntl would be: one byte of an open file is locked until it is closed."""
    locked: dict[int, tuple[int, int]] = {}

    def locking(descriptor, mode, size):
        assert mode == 2
        inode = os.fstat(descriptor).st_ino
        holder = locked.get(inode)
        if holder is not None:
            raise OSError(36, "Resource deadlock avoided")
        locked[inode] = (os.lseek(descriptor, 0, os.SEEK_CUR), size)

    real = builtins.__import__

    def without_fcntl(name, *rest):
        if name == "fcntl":
            raise ModuleNotFoundError("No module named 'fcntl'", name="fcntl")
        return real(name, *rest)

    module = types.ModuleType("msvcrt")
    module.LK_NBLCK, module.locking = 2, locking
    monkeypatch.setitem(sys.modules, "msvcrt", module)
    monkeypatch.setattr(builtins, "__import__", without_fcntl)
    return locked


def test_a_data_directory_is_locked_without_fcntl_and_says_who_has_it(tmp_path, msvcrt):
    held = DataDirectory.acquire(tmp_path)
    with pytest.raises(DataDirectoryError, match=f"is in use by process {os.getpid()}; stop that one"):
        DataDirectory.acquire(tmp_path)
    # Windows refuses to read a part of a file in which another process has locked a byte, even one past the end; Python
    # reads some kilobytes at a time.
    (place, size) = next(iter(msvcrt.values()))
    assert place >= 256 * 1024
    assert size == 1
    held.release()


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal in place of Ctrl-C")
@pytest.mark.parametrize("package", ["sevis_sim", "udir_sim"])
def test_ctrl_c_ends_a_server_without_signal_handlers_in_order(package, tmp_path):
    if package == "udir_sim":
        pytest.importorskip("numpy", reason="udir-sim needs numpy")
    ports = ["--port", "0", "--control-port", "0", *(["--no-sftp"] if package == "udir_sim" else [])]
    command = [
        sys.executable,
        "-c",
        NO_SIGNAL_HANDLERS.format(package=package),
        "serve",
        "--data",
        str(tmp_path),
        *ports,
    ]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SEVIS_SIM_", "UDIR_SIM_"))
    }
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert "ready" in server.stdout.readline()
    server.send_signal(signal.SIGINT)
    output, errors = server.communicate(timeout=60)
    assert "Traceback" not in output + errors
    assert server.returncode in (0, 130), errors
    assert (tmp_path / "lock").exists()
    DataDirectory.acquire(tmp_path).release()


def test_the_variables_are_written_for_powershell_too(tmp_path):
    from sevis_sim.workspace import write_variables

    file = Path(tmp_path / "client.ps1")
    write_variables(file, {"SEVIS_SIM_CA": r"C:\Users\O'Neil\ca.pem"})
    assert file.read_text(encoding="utf-8") == "$env:SEVIS_SIM_CA = 'C:\\Users\\O''Neil\\ca.pem'\n"
