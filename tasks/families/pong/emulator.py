"""Pong as ale-py emulates it: actions, the objects in the console's memory, its full state and that state's mirror image.

What the memory cells mean was read out of the game's program and checked on its screen. Rows and columns are those of the
screen, 210 × 160; the field between the walls is rows 34 … 193, and its mirror image has row r in row 227 − r.
"""

from __future__ import annotations

import struct
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FRAMES_PER_STEP = 4
STICKINESS = 0.25
"""At every frame the console repeats the last action with this probability (Machado et al., 2018). Without it a policy that
does not draw its actions plays the same few games for ever, some of them without end."""

STAY, UP, DOWN = range(3)
CONSOLE_ACTIONS = (0, 3, 4)
"""Nothing, right (which is up on the screen), left, in the console's numbers; without fire, which only hits harder."""

BALL_X, BALL_Y, BALL_LEFT, BALL_DOWN, BALL_FRACTION = 49, 54, 58, 56, 57
"""Addresses: the ball's column + 49, row + 14 (0: there is none), speeds to the left and down in pixels a frame."""
PLAYER, PADDLE_READ = 51, 60
"""Addresses: the player's row + 13 or 14 (rows are even), and the reading of the paddle that it follows."""
OPPONENT, OPPONENT_AIM = 50, 21
"""Addresses: the opponent's row + 15, and where it is on its way to the ball."""
MIDDLE = {BALL_Y: 126.0, PLAYER: 119.5, OPPONENT: 121.0}
"""What these cells hold where the object lies across the middle of the field."""
MIDDLE_X = 128

CELLS = 128
"""Of the console's memory."""
HEIGHT, WIDTH = 210, 160
"""Of the screen."""

RESISTANCES = 904_300
"""The paddle's resistance in one state and in its mirror image add up to this: a reading is 7.24 + 0.00024827 · resistance,
within one pixel, and two mirrored readings add up to twice the middle."""

STUBBORN = 9
"""A seed whose first random number, .01, lets the last action be repeated."""


class Emulator:
    """One console with Pong in it.

    Raises:
        ImportError: ale-py is not installed.
    """

    def __init__(self) -> None:
        import ale_py

        ale_py.ALEInterface.setLoggerMode(ale_py.LoggerMode.Error)
        self._ale = ale_py.ALEInterface()
        self._ale.setFloat("repeat_action_probability", STICKINESS)

    def reset(self, seed: int | None) -> None:
        """Start a game; with a seed also start the random numbers anew.

        A seed decides the random numbers and nothing else. So the game is loaded once, and a seed takes up that moment with
        random numbers of its own.
        """
        if seed is not None:
            import ale_py

            self._ale.restoreState(ale_py.ALEState(reseeded(self._loaded, emulator_seed(seed))))
        self._ale.reset_game()

    @cached_property
    def _loaded(self) -> bytes:
        """The state right after the game is loaded, under whatever seed."""
        from ale_py import roms

        game = roms.get_rom_path("pong")
        assert game is not None  # it comes with ale-py
        self._ale.loadROM(game)
        return self.save()

    def step(self, action: int, stops: bool = False) -> float:
        """Four frames under one action; points won less points lost.

        Args:
            action: stay, up or down.
            stops: whether the frame that ends the game is the last one. Else random numbers are drawn for all four.
        """
        act, points = self._ale.act, 0
        for _ in range(FRAMES_PER_STEP):
            points += act(CONSOLE_ACTIONS[action])
            if stops and self.is_over:
                break
        return float(points)

    @property
    def is_over(self) -> bool:
        """Whether one side has 21 points."""
        return self._ale.game_over(with_truncation=False)

    @property
    def memory(self) -> NDArray[np.uint8]:
        """The console's memory, [128]."""
        return self._ale.getRAM()

    @property
    def screen(self) -> NDArray[np.uint8]:
        """The last frame in grey, [210, 160]."""
        return self._ale.getScreenGrayscale()

    def read_memory(self, memory: NDArray[np.uint8]) -> None:
        """Write the console's memory into an array, [128]."""
        self._ale.getRAM(memory)

    def read_screen(self, screen: NDArray[np.uint8]) -> None:
        """Write the last frame in grey into an array, [210, 160]."""
        self._ale.getScreenGrayscale(screen)

    @property
    def picture(self) -> NDArray[np.uint8]:
        """The last frame in colours, [210, 160, 3]."""
        return self._ale.getScreenRGB()

    def draw(self) -> NDArray[np.uint8]:
        """The picture after one more frame: loading a state draws nothing."""
        self._ale.act(CONSOLE_ACTIONS[STAY])
        return self.picture

    def save(self) -> bytes:
        """The full state but for the action that sticks: processor, memory, paddles, random numbers."""
        return self._ale.cloneState(include_rng=True).serialize()

    def load(self, state: bytes, held: int) -> None:
        """Go on from a state that was saved, `held` being the action that sticks."""
        import ale_py

        self._ale.restoreState(ale_py.ALEState(self._obedient))
        self._ale.act(CONSOLE_ACTIONS[held])
        self._ale.restoreState(ale_py.ALEState(state))

    @property
    def held(self) -> int:
        """The action that sticks, which no saved state holds: where the paddle goes in a frame that repeats it."""
        import ale_py

        state = self.save()
        lowest, highest = struct.unpack("<ii", state[-8:])
        middle = struct.pack("<i", (lowest + highest) // 2)
        self._ale.restoreState(ale_py.ALEState(middle + reseeded(state, STUBBORN)[4:]))
        self._ale.act(CONSOLE_ACTIONS[STAY])
        moved = _resistance(self.save()) - (lowest + highest) // 2
        self._ale.restoreState(ale_py.ALEState(state))
        return STAY if moved == 0 else UP if moved < 0 else DOWN

    @cached_property
    def _obedient(self) -> bytes:
        """A state whose random numbers let the next action through."""
        self.reset(seed=0)
        while True:
            state = self.save()
            self._ale.act(CONSOLE_ACTIONS[UP])
            if _resistance(self.save()) != _resistance(state):  # before, nothing stuck
                return state

    def mirror(self) -> None:
        """Turn the state into its mirror image: ball, both paddles and the player's analogue paddle, speeds."""
        import ale_py

        memory = self.memory.astype(int)
        image = {cell: -memory[cell] for cell in (BALL_DOWN, BALL_FRACTION)}
        if memory[BALL_Y]:
            image[BALL_Y] = mirrored(memory[BALL_Y], BALL_Y)
        image |= {cell: mirrored(memory[cell], PLAYER) for cell in (PLAYER, PADDLE_READ)}
        image |= {cell: mirrored(memory[cell], OPPONENT) for cell in (OPPONENT, OPPONENT_AIM)}
        for cell, value in image.items():
            self._ale.setRAM(cell, int(value) % 256)
        state = self.save()
        lowest, highest = struct.unpack("<ii", state[-8:])
        turned = min(max(RESISTANCES - _resistance(state), lowest), highest)
        self._ale.restoreState(ale_py.ALEState(struct.pack("<i", turned) + state[4:]))


def _resistance(state: bytes) -> int:
    """The resistance of the player's paddle: the first number of a saved state."""
    return int(struct.unpack_from("<i", state)[0])


def reseeded(state: bytes, seed: int) -> bytes:
    """A saved state with the random numbers of another seed, from the first on.

    ale-py writes six numbers, the console behind its length, and the paddle's two limits, four bytes each. The generator
    ends the console: text behind its length. Lengths end in a zero byte, and text has none.
    """
    numbers, limits = state[: 4 * 6], state[-4 * 2 :]
    text = state.rindex(b"\0", 0, -len(limits)) + 1
    generator = twister(seed)
    console = state[len(numbers) + 4 : text - 4] + struct.pack("<i", len(generator)) + generator
    return numbers + struct.pack("<i", len(console)) + console + limits


def twister(seed: int) -> bytes:
    """What C++ writes of `std::mt19937(seed)`: x₀ = seed, xᵢ = 1812433253 · (xᵢ₋₁ ⊕ ⌊xᵢ₋₁ / 2³⁰⌋) + i, and how many."""
    words = [seed]
    for i in range(1, 624):
        words.append((1812433253 * (words[-1] ^ words[-1] >> 30) + i) % (1 << 32))
    return " ".join(map(str, [*words, len(words)])).encode()


def mirrored(value: int, cell: int) -> int:
    """What the cell holds in the mirror image."""
    return int(2 * MIDDLE[cell]) - value


def emulator_seed(seed: int) -> int:
    """A seed that the emulator takes: 31 bits."""
    return seed % (1 << 31)
