"""Settings are read with their types, from the environment or from files."""

from pathlib import Path

import pytest

from quarterdeck.config import env


def test_text_and_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_X", "abc")
    assert env.envstr("X") == "abc"
    assert env.envstr("Y", "d") == "d"


def test_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_MODE", "prod")
    with pytest.raises(env.EnvError, match="QUARTERDECK_MODE is 'prod': use one of local, production"):
        env.envstr("MODE", "local", choices=("local", "production"))


def test_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("s3cret\n")
    monkeypatch.setenv("QUARTERDECK_X_FILE", str(path))
    assert env.envsecret("X") == "s3cret"
    monkeypatch.setenv("QUARTERDECK_X", "other")
    with pytest.raises(env.EnvError, match="QUARTERDECK_X and QUARTERDECK_X_FILE are both set"):
        env.envsecret("X")


def test_from_a_file_that_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUARTERDECK_X_FILE", str(tmp_path / "none"))
    with pytest.raises(env.EnvError, match="cannot be read: No such file"):
        env.envstr("X")


@pytest.mark.parametrize(("text", "value"), [("1", True), ("Yes", True), ("off", False), ("0", False), (" ", True)])
def test_truth(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("QUARTERDECK_X", text)
    assert env.envbool("X", True) is value


def test_truth_refuses_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_X", "perhaps")
    with pytest.raises(env.EnvError, match="use 1 or 0"):
        env.envbool("X", False)


@pytest.mark.parametrize(
    ("text", "message"), [("x", "use a whole number"), ("0", "from 1 to 9"), ("10", "from 1 to 9")]
)
def test_numbers_refuse(monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    monkeypatch.setenv("QUARTERDECK_X", text)
    with pytest.raises(env.EnvError, match=message):
        env.envint("X", 5, least=1, most=9)


def test_numbers_and_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_X", "7")
    monkeypatch.setenv("QUARTERDECK_L", " a, b,,c ")
    assert env.envint("X", 5, least=1, most=9) == 7
    assert env.envlist("L") == ["a", "b", "c"]
    assert env.envlist("NONE", ["d"]) == ["d"]


def test_unknown_names_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_SEKRET", "x")
    monkeypatch.setenv("QUARTERDECK_KNOWN_FILE", "/dev/null")
    env.envstr("KNOWN")
    assert env.unknown() == ["QUARTERDECK_SEKRET"]
