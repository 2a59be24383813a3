"""Consecutive frames, both ends included."""

from __future__ import annotations

from typing import NamedTuple


class FrameRange(NamedTuple):
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1
