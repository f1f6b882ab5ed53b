"""Large batches are shared between processes, small ones are not, and nothing depends on a process living."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from form_samples import i20

from sevis_sim import forms
from sevis_sim.forms import FormPool
from sevis_sim.forms.pool import CHUNK


def batch(count: int):
    return [i20(sevis_id=f"N99{number:08d}") for number in range(count)]


@pytest.fixture(scope="module")
def pool():
    with FormPool(workers=1, threshold=2 * CHUNK) as pool:
        yield pool


def test_a_small_batch_starts_no_process():
    pool = FormPool(workers=2, threshold=10)
    assert forms.render_all(batch(9), pool) == forms.render_all(batch(9))
    assert not pool.started


def test_without_processes_the_caller_renders_alone():
    pool = FormPool(workers=0, threshold=1)
    assert forms.render_all(batch(3), pool) == forms.render_all(batch(3))
    assert not pool.started


def test_a_large_batch_comes_back_in_order_also_once_the_processes_are_ready(pool):
    requests = batch(3 * CHUNK + 5)
    alone = forms.render_all(requests)
    assert forms.render_all(requests, pool) == alone
    assert pool.started
    pool._ready.result(timeout=60)
    assert forms.render_all(requests, pool) == alone


def test_several_threads_may_share_a_pool(pool):
    requests = batch(2 * CHUNK + 1)
    alone = forms.render_all(requests)
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(lambda _: forms.render_all(requests, pool), range(3))) == [alone] * 3


def test_a_process_that_dies_costs_no_form():
    with FormPool(workers=1, threshold=2 * CHUNK) as pool:
        requests = batch(4 * CHUNK)
        alone = forms.render_all(requests)
        pool.render_all(requests)
        os.kill(pool._ready.result(timeout=60), signal.SIGKILL)
        assert pool.render_all(requests) == alone
        assert pool.render_all(requests) == alone


def test_an_error_in_a_request_reaches_the_caller(pool):
    with pytest.raises(forms.LayoutError, match="I-94"):
        pool.render_all([*batch(3 * CHUNK), i20(form="I-94")])


def test_a_closed_pool_starts_anew():
    pool = FormPool(workers=1, threshold=CHUNK)
    requests = batch(CHUNK)
    pool.render_all(requests)
    pool.close()
    assert not pool.started
    assert pool.render_all(requests) == forms.render_all(requests)
    pool.close()


_PARENT = """
import os, signal, sys
from form_samples import i20
from sevis_sim.forms import FormPool
from sevis_sim.forms.pool import CHUNK

if __name__ == "__main__":
    pool = FormPool(workers=1, threshold=1)
    pool.render_all([i20()])
    os.kill(next(iter(pool._executor._processes)), signal.SIGINT)  # while it starts
    worker = pool._ready.result(timeout=60)
    os.kill(worker, signal.SIGINT)
    pool.render_all([i20()] * 3 * CHUNK)
    assert pool._executor is not None, "Ctrl-C must not end a process that the parent still needs"
    print(worker, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_processes_bear_ctrl_c_and_end_with_a_parent_that_is_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    root = Path(__file__).parents[3]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (root, Path(__file__).parent)))}
    # The worker inherits the pipe, so that the end of the output is the end of both processes.
    done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert "Traceback" not in done.stderr
    assert int(done.stdout) > 0
