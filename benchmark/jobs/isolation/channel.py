"""Messages between a run and an agent's process: JSON, one a packet, or a bare word where many are sent."""

from __future__ import annotations

import json
import socket

STEP, RESET, REST = b"step", b"reset", b"rest"
"""Words of the training: a step, a reset, or a place to put the run down; the last two are answered by themselves."""
STEPPED, ENDED, EXHAUSTED = b"stepped", b"ended", b"exhausted"
"""Answers to a step: it was done, and episodes ended, or the budget is used."""
MOST_BYTES = 1 << 20


class Gone(Exception):
    """The other side has closed its end."""


class Channel:
    """One end of a pair of sockets that keep packets apart.

    Args:
        end: the socket; it is closed with this.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end, self._seconds = end, end.gettimeout()

    @classmethod
    def pair(cls) -> tuple[Channel, socket.socket]:
        """A channel, and the end for the other side."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours), theirs

    def say(self, word: bytes) -> None:
        """Send one of the words.

        Raises:
            Gone: there is nobody to hear it.
        """
        try:
            self._end.send(word)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Gone from error

    def send(self, **message: object) -> None:
        """Send a message.

        Raises:
            Gone: there is nobody to receive it.
            ValueError: it is too long for a packet, or no JSON.
        """
        packet = json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
        try:
            self.say(packet)
        except OSError as error:
            raise ValueError(f"a message of {len(packet):,} bytes is too long") from error

    def hear(self, seconds: float | None = None) -> bytes:
        """The next packet.

        Args:
            seconds: to wait at most; None: for ever.

        Raises:
            Gone: the other side has closed its end.
            TimeoutError: nothing came in time.
        """
        if seconds != self._seconds:  # each change is a call of the system
            self._end.settimeout(seconds)
            self._seconds = seconds
        try:
            packet = self._end.recv(MOST_BYTES)
        except ConnectionResetError as error:
            raise Gone from error
        if not packet:
            raise Gone
        return packet

    def close(self) -> None:
        """Close this end."""
        self._end.close()
