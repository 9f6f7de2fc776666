"""Workers of a Dask cluster: of this machine, of an address, or of whatever a subclass starts.

Chunks go out, receipts come back; the numbers go straight from the worker to the folder, which every worker must see.
"""

from __future__ import annotations

import ipaddress
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any
from urllib.parse import urlsplit

import dask
from distributed import Client, LocalCluster, Security, WorkerPlugin, get_worker
from distributed.scheduler import KilledWorker

from channelsim.cluster.drive import Stopped
from channelsim.cluster.executor import Outcome
from channelsim.cluster.worker import Job, Receipt
from channelsim.config.profile import DaskPart
from channelsim.errors import ConfigError, Problem
from channelsim.study.chunks import Chunk

WINDOW_PER_WORKER = 4
MOST_IN_FLIGHT = 4000
OWN_PORT = "127.0.0.1:0"  # of the page of health, which Dask opens in any case: to all networks, if not told otherwise
RECEIPT_S = 10.0  # for a few bytes of a worker that says it is done
SCALE_S = 2.0  # a worker or job that is gone is not always replaced unless one asks again
SETTINGS = {
    "distributed.scheduler.allowed-failures": 2,  # a task that was on three workers which died is told to us as killed
    "distributed.comm.timeouts.connect": "15s",
    "distributed.scheduler.work-stealing": True,
    "distributed.worker.daemon": True,
    "distributed.admin.tick.limit": "20s",
    "distributed.admin.tick.interval": "500ms",  # this, and the next three: looks at itself that take a twentieth of a busy core
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.deploy.lost-worker-timeout": "3s",
    "distributed.scheduler.http.routes": ["distributed.http.health"],  # pages that anybody could read tell too much
    "distributed.worker.http.routes": ["distributed.http.health"],
}


class HoldsJob(WorkerPlugin):
    """Takes the job to every worker, also to those that come later. The worlds are made when the first chunk comes."""

    name = "channelsim"

    def __init__(self, job: Job, ours: bool) -> None:
        self.job, self.ours = job, ours
        self.worker: Any = None

    def setup(self, worker: Any) -> None:
        """In a worker that this run has started: Ctrl-C, which a terminal sends to all, is the client's to handle."""
        if self.ours and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def compute(self, chunk: Chunk) -> Receipt:
        """Run a chunk in this process."""
        self.worker = self.worker or self.job.worker()
        receipt: Receipt = self.worker.compute(chunk)
        return receipt


def compute(chunk: Chunk) -> tuple[float, str, BaseException | None]:
    """The task: (seconds, node, error). An error is a value here, so that the node is known on which it came up."""
    node = socket.gethostname()
    try:
        plugin: Any = get_worker().plugins[HoldsJob.name]
        receipt: Receipt = plugin.compute(chunk)
    except Exception as error:
        return 0.0, node, error
    return receipt.seconds, receipt.node, None


class DaskWorkers:
    """An executor over a Dask client."""

    name, blames_exactly = "dask", False

    def __init__(self, job: Job, client: Client, workers: int, end: Callable[[], object], ask: Callable[[], object] | None = None) -> None:
        self.client, self.end, self.ask, self._asked = client, end, ask or (lambda: None), time.monotonic()
        self.window = min(MOST_IN_FLIGHT, WINDOW_PER_WORKER * workers)
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._running: dict[Any, tuple[Any, Chunk]] = {}
        self._n = 0
        client.register_plugin(HoldsJob(job, ours=ask is not None))

    def submit(self, chunk: Chunk) -> None:
        """Give it to the scheduler; earlier chunks go first."""
        self._n += 1
        future = self.client.submit(compute, chunk, key=f"chunk-{self._n}", pure=False, priority=-self._n, retries=0)
        self._running[future.key] = future, chunk
        future.add_done_callback(self._ended.put)

    def wait(self, timeout_s: float) -> list[Outcome]:
        """Chunks that have ended; stops the run if the scheduler is gone, since futures then never end."""
        until = time.monotonic() + timeout_s
        found: list[Outcome] = []
        while not found or not self._ended.empty():
            if time.monotonic() - self._asked > SCALE_S:
                self.ask()
                self._asked = time.monotonic()
            if self.client.status != "running":
                raise Stopped(f"the Dask scheduler is gone (client {self.client.status})")
            try:
                future = self._ended.get(timeout=max(0.0, until - time.monotonic()) if not found else 0.0)
            except queue.Empty:
                return found
            if future.key in self._running:
                found.append(self._outcome(future, self._running.pop(future.key)[1]))
        return found

    def _outcome(self, future: Any, chunk: Chunk) -> Outcome:
        if future.status == "finished":
            try:
                seconds, node, error = future.result(timeout=RECEIPT_S)
            except (TimeoutError, CancelledError):  # the worker died after its work, with the receipt; the shard tells
                return Outcome(chunk, "lost")
            return Outcome(chunk, "raised" if error else "done", error, node, seconds)
        if future.status == "error":
            failure = future.exception()
            return Outcome(chunk, "killed" if isinstance(failure, KilledWorker) else "raised", failure)
        return Outcome(chunk, "lost")

    def retire(self, node: str) -> bool:
        """Close the workers of a node, if there are others."""
        workers = self.client.scheduler_info(n_workers=-1)["workers"]
        bad = [address for address, w in workers.items() if w["host"] in _addresses(node)]
        if not bad or len(bad) == len(workers):
            return False
        self.client.retire_workers(bad, close_workers=True)
        return True

    def close(self) -> None:
        """Let the workers go."""
        for future, _ in self._running.values():
            future.release()
        self.client.close(timeout=5)
        self.end()


def _addresses(node: str) -> set[str]:
    try:
        return {str(info[4][0]) for info in socket.getaddrinfo(node, None)} | {node}
    except OSError:
        return {node}


def dask_workers(job: Job, workers: int, part: DaskPart) -> DaskWorkers:
    """Workers of this machine, or those of the scheduler that a profile names."""
    if part.address is not None:
        refuse_bare(part)
        dask.config.set(SETTINGS)
        client = Client(part.address, security=security_of(part), set_as_default=False, timeout="30s")
        n = len(client.scheduler_info(n_workers=-1)["workers"]) or workers
        return DaskWorkers(job, client, n, lambda: None)
    dask.config.set(SETTINGS)
    cluster = LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=OWN_PORT, memory_limit=0,
        silence_logs=50,
    )  # fmt: skip
    client = Client(cluster, set_as_default=False)
    return DaskWorkers(job, client, workers, cluster.close, lambda: cluster.scale(workers))


def security_of(part: DaskPart) -> Security | None:
    """Keys in the form that Dask takes."""
    if part.tls is None:
        return None
    own = {f"tls_{role}_{what}": value for role in ("client", "worker", "scheduler")
           for what, value in (("cert", part.tls.certificate), ("key", part.tls.key))}  # fmt: skip
    return Security(tls_ca_file=part.tls.ca_file, require_encryption=True, **own)


def refuse_bare(part: DaskPart) -> None:
    """Refuse a scheduler on another machine without TLS: Dask runs whatever reaches its port."""
    parts = urlsplit(part.address or "")
    try:
        addresses = {str(info[4][0]) for info in socket.getaddrinfo(parts.hostname or "", None)}
    except OSError as error:
        raise ConfigError([Problem("profile", 1, "dask.address", f"{parts.hostname} is not known ({error})", "check the name")]) from None
    if all(ipaddress.ip_address(a).is_loopback for a in addresses) and part.tls is None and parts.scheme == "tcp":
        return
    if parts.scheme != "tls" or part.tls is None:
        what = "is on another machine, or speaks TLS, and the profile has no keys: whoever reaches a bare Dask port runs code as you"
        mend = "give tls://... and `tls: {ca_file, certificate, key}`, or use 127.0.0.1 through a tunnel"
        raise ConfigError([Problem("profile", 1, "dask.address", what, mend)])
