"""A voice for placeholders: eSpeak NG, driven by ctypes, and LAME. Both are used when sounds are made, never after."""

import ctypes
import importlib
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

RATE_PARAMETER, SYNCHRONOUS, UTF8, WHOLE_TEXT = 1, 2, 1, 1
KILOBITS = 32
"""Of MP3, mono: four kilobytes a second, so that a long sentence stays under the 40 kB of a prompt (L-14)."""

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True)
class Voice:
    """One language as eSpeak NG speaks it, so many words a minute."""

    name: str
    pace: int
    library: Any
    rate: int

    @staticmethod
    def at_hand() -> bool:
        """Whether voice and encoder are installed."""
        return bool(find_spec("espeakng_loader") and find_spec("lameenc"))

    @classmethod
    def named(cls, name: str, pace: int) -> "Voice | None":
        """The voice of this name; None where there is none."""
        if not name or not cls.at_hand():
            return None
        loader = importlib.import_module("espeakng_loader")
        try:
            library = ctypes.CDLL(loader.get_library_path())
        except OSError:  # the wheel is for another kind of machine
            return None
        rate = library.espeak_Initialize(SYNCHRONOUS, 0, loader.get_data_path().encode(), 0)
        known = rate > 0 and library.espeak_SetVoiceByName(name.encode()) == 0
        return cls(name, pace, library, rate) if known else None

    def say(self, text: str) -> bytes:
        """The text, spoken, as MP3."""
        heard = bytearray()

        def hear(samples: int, count: int, _: object) -> int:
            if samples and count:
                heard.extend(ctypes.string_at(samples, 2 * count))
            return 0

        written, callback = text.encode(), Callback(hear)
        self.library.espeak_SetSynthCallback(callback)
        self.library.espeak_SetVoiceByName(self.name.encode())
        self.library.espeak_SetParameter(RATE_PARAMETER, self.pace, 0)
        self.library.espeak_Synth(written, len(written) + 1, 0, WHOLE_TEXT, 0, UTF8, None, None)
        self.library.espeak_Synchronize()
        return self._encoded(bytes(heard))

    def _encoded(self, samples: bytes) -> bytes:
        encoder = importlib.import_module("lameenc").Encoder()
        encoder.set_bit_rate(KILOBITS)
        encoder.set_in_sample_rate(self.rate)
        encoder.set_channels(1)
        encoder.set_quality(7)
        encoder.silence()
        return bytes(encoder.encode(samples) + encoder.flush())
