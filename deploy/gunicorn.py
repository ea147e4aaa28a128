"""How gunicorn runs in production; the proxy's `maxconn` is the number of threads (deploy/haproxy.cfg).

SAM-06: one worker has a limit of memory and each of its requests one of processor time, so what got past every rule takes one
worker for some seconds, and not the machine. `timeout` alone would not do: with threads the worker goes on saying that it is
well while one of them is stuck; it ends a worker that some library keeps from running at all. Waiting (for a slow file, a
row, the database) costs no processor time and has its own limits: at the proxy and in the database's settings.
"""

import contextlib
import os
import resource
import threading
import time
from typing import Any

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 30
graceful_timeout = 20  # a HUP lets running requests finish before their worker goes (F20)
keepalive = 5
max_requests = 20000
max_requests_jitter = 2000
limit_request_line = 4094
limit_request_field_size = 8190
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file of each worker, in memory: the root is read-only
control_socket_disable = True

most_memory = 640 * 1024 * 1024  # of each worker: both and the master fit into the container's `mem_limit`
most_seconds = 30.0  # of the processor, for one request; a form with ten of the largest pictures may take twenty
_at_work: dict[int, float] = {}  # thread: what its processor clock showed when its request began


def post_fork(_server: Any, _worker: Any) -> None:
    """What a worker asks for beyond its limit it does not get: that request fails, the others go on."""
    resource.setrlimit(resource.RLIMIT_DATA, (most_memory, most_memory))


def post_worker_init(worker: Any) -> None:
    threading.Thread(target=_watch, args=(worker,), name="watch", daemon=True).start()


def pre_request(_worker: Any, _request: Any) -> None:
    _at_work[threading.get_ident()] = time.thread_time()


def post_request(_worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    _at_work.pop(threading.get_ident(), None)


def _watch(worker: Any) -> None:
    """End the worker whose request will not end; the master starts another at once, and nothing half done is kept."""
    while True:
        time.sleep(0.5)
        for thread, began in list(_at_work.items()):
            with contextlib.suppress(OSError):  # the thread has just ended
                if time.clock_gettime(time.pthread_getcpuclockid(thread)) - began > most_seconds:
                    worker.log.critical("worker_ended reason=processor_time limit=%.0f", most_seconds)
                    os._exit(1)
