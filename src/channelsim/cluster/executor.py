"""What the driver asks of whatever distributes chunks: take one, say what became of those taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from channelsim.study.chunks import Chunk


@dataclass(frozen=True)
class Outcome:
    """What became of a chunk.

    `done`: its shard stands. `raised`: an exception. `killed`: a worker died of it, or while it had it. `lost`: nobody
    knows; the shard may stand.
    """

    chunk: Chunk
    state: Literal["done", "raised", "killed", "lost"]
    error: BaseException | None = None
    node: str = ""
    seconds: float = 0.0


class Executor(Protocol):
    """Takes at most `window` chunks at a time, so that memory does not grow with the study."""

    name: str
    window: int
    blames_exactly: bool  # a `killed` chunk is the one that its worker was at

    def submit(self, chunk: Chunk) -> None:
        """Take a chunk."""

    def wait(self, timeout_s: float) -> list[Outcome]:
        """What has come of chunks since; waits for the first at most so long."""

    def retire(self, node: str) -> bool:
        """Give a node no more work; False if there is no other."""

    def close(self) -> None:
        """Let go of the workers; what they are at is given up."""
