"""A lecture is voiced when each of its words has been spoken; a changed number makes it stale."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from casebook.web.lectures import recording, script, sound, spoken, timing, voice

TEXT = """---
lecture: example
model: problem
---
# A lecture

About it.

## First slide

```{explorer} problem
```

:::{say}
The line is full, at {num}`problem.assumptions.limit`. Nobody has read the accounts.
:::

:::{question} 6
How sure must you be?
:::

:::{move} problem.success_chance=0.4
:::

:::{say}
At forty percent the plan is behind.
:::

:::{notes} 2
Ask.
:::

## Second slide

:::{say}
What do you decide?
:::

:::{notes} 1
Wait.
:::
"""


@pytest.fixture
def lecture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> script.Lecture:
    monkeypatch.setattr(timing, "FOLDER", tmp_path)
    path = tmp_path / "example.md"
    path.write_text(TEXT, encoding="utf-8")
    return script.read(path)


def store(lecture: script.Lecture, length: float = 2.0) -> None:
    """A manifest in which every clause takes so many seconds."""
    keys = {spoken.key(told) for _, told, _ in timing.sayings(lecture)}
    rows = "\n".join(f'"{key}" = {length}' for key in sorted(keys))
    path = timing.FOLDER / f"{lecture.name}.toml"
    path.write_text(f"[clauses]\n{rows}\n", encoding="utf-8")


def changed(lecture: script.Lecture, old: str, new: str) -> script.Lecture:
    """The lecture with another word in what is said."""
    slides = []
    for slide in lecture.slides:
        parts = [
            replace(part, source=part.source.replace(old, new))
            if isinstance(part, script.Say) else part
            for part in slide.parts
        ]  # fmt: skip
        slides.append(replace(slide, parts=tuple(parts)))
    return replace(lecture, slides=tuple(slides))


def test_without_a_manifest_lengths_are_estimated(lecture: script.Lecture) -> None:
    found = timing.timeline(lecture)
    assert not found.voiced
    assert 10 < found.duration < 40


def test_an_unchanged_lecture_with_a_manifest_is_voiced(lecture: script.Lecture) -> None:
    store(lecture)
    found = timing.schedule(lecture)
    assert found.voiced
    assert all(clause.end - clause.start == pytest.approx(2.0) for clause in found.clauses)


def test_a_changed_number_makes_the_manifest_stale(lecture: script.Lecture) -> None:
    store(lecture)
    before = timing.words_hash(lecture)
    other = changed(lecture, "{num}`problem.assumptions.limit`", "CNY 41 million")
    found = timing.timeline(other)
    assert not found.voiced
    assert timing.words_hash(other) != before
    # only the changed clause is spoken again
    keys = [{spoken.key(told) for _, told, _ in timing.sayings(x)} for x in (lecture, other)]
    assert len(keys[1] - keys[0]) == 1


def test_a_silence_and_a_move_take_their_time(lecture: script.Lecture) -> None:
    store(lecture)
    found = timing.schedule(lecture)
    asked = next(clause for clause in found.clauses if clause.question)
    (moved,) = found.moves
    assert moved.at >= asked.end + 6
    after = next(clause for clause in found.clauses if clause.start > moved.at)
    assert after.start - moved.at > 1
    assert moved.move.values == {"success_chance": 0.4}


def test_a_clause_too_quick_to_read_gets_a_longer_pause(lecture: script.Lecture) -> None:
    store(lecture, length=0.5)
    for cue in timing.timeline(lecture).cues:
        assert len(cue.text) / (cue.end - cue.start) <= 17


def test_a_sound_of_other_words_is_stale(
    lecture: script.Lecture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "STATIC", tmp_path)
    store(lecture)
    assert sound.stale(lecture)
    about = tmp_path / "example.json"
    about.write_text(f'{{"words": "{timing.words_hash(lecture)}"}}', encoding="utf-8")
    assert not sound.stale(lecture)
    assert sound.stale(changed(lecture, "Nobody", "Somebody"))


def recorded(lecture: script.Lecture, folder: Path) -> None:
    """A recording, with a cue for each clause, three seconds each."""
    import wave

    blocks = ["WEBVTT"]
    for k, (text, _, _) in enumerate(timing.sayings(lecture)):
        blocks.append(f"00:{3 * k:06.3f} --> 00:{3 * k + 2:06.3f}\n{text}")
    (folder / "example.vtt").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    with wave.open(str(folder / "example.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * 20))


def test_a_recording_takes_the_place_of_the_voice(
    lecture: script.Lecture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "FOLDER", tmp_path)
    recorded(lecture, tmp_path)
    recording.write_manifest(lecture)
    found = timing.timeline(lecture)
    assert found.voiced and found.duration == 20.0
    assert recording.of(lecture) == tmp_path / "example.wav"
    assert [clause.start for clause in timing.schedule(lecture).clauses] == pytest.approx(
        [3.0 * k for k in range(len(timing.sayings(lecture)))], abs=0.01
    )
    # the words change: the recording does not hold any more, and is refused
    other = changed(lecture, "Nobody has read", "Somebody has read")
    assert not timing.timeline(other).voiced
    with pytest.raises(voice.VoiceError, match=r"stale.*nobody.*somebody"):
        recording.write_manifest(other)


def test_every_manifest_belongs_to_a_lecture() -> None:
    there = {path.stem for path in timing.FOLDER.glob("*.toml")}
    assert there <= set(script.names())
