"""Passwords at rest."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadConnection, BadSetting
from core.storage.crypto import Keyring, is_too_open, load_or_make

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(32, 64))).decode()
HERE = ("database_connections", "row", "encrypted_db_password")
RING = Keyring.parse(f"2024:{KEY}")


@given(st.text().filter(lambda text: len(text.encode("utf-8", "replace")) <= 255 and text.isprintable()))
def test_there_and_back(text: str) -> None:
    assert RING.decrypt(RING.encrypt(text, *HERE), *HERE) == text


def test_the_longest_fits_the_column() -> None:
    longest = Keyring.parse(f"{'k' * 32}:{KEY}").encrypt("가" * 85, *HERE)
    assert len(longest) <= 512
    with pytest.raises(BadConnection) as bad:
        RING.encrypt("가" * 85 + "!", *HERE)
    assert (bad.value.code, bad.value.details) == ("connection.password_too_long", {"most": 255})


def test_the_same_text_is_never_the_same_twice() -> None:
    assert RING.encrypt("s3cret", *HERE) != RING.encrypt("s3cret", *HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        ("audit_logs", *HERE[1:]),
        (HERE[0], "other", HERE[2]),
        (*HERE[:2], "other"),
        (f"{HERE[0]}r", "ow", HERE[2]),
    ],
)
def test_it_reads_nowhere_else(elsewhere: tuple[str, ...]) -> None:
    with pytest.raises(BadConnection) as bad:
        RING.decrypt(RING.encrypt("s3cret", *HERE), *elsewhere)
    assert bad.value.code == "connection.password_unreadable"


def test_every_changed_character_is_noticed() -> None:
    stored = RING.encrypt("s3cret", *HERE)
    for place in range(len(stored)):
        changed = stored[:place] + ("A" if stored[place] != "A" else "B") + stored[place + 1 :]
        with pytest.raises(BadConnection):
            RING.decrypt(changed, *HERE)


@pytest.mark.parametrize(
    "stored", ["", "v1", "v1:2024:x", "v1:2024::", "v2:2024:AAAA:AAAA", "v1:2024:가:나", "a:b:c:d:e"]
)
def test_nonsense(stored: str) -> None:
    with pytest.raises(BadConnection) as bad:
        RING.decrypt(stored, *HERE)
    assert bad.value.code == "connection.password_unreadable"


def test_a_key_that_is_not_there() -> None:
    with pytest.raises(BadConnection) as bad:
        Keyring.parse(f"2025:{OTHER}").decrypt(RING.encrypt("s3cret", *HERE), *HERE)
    assert (bad.value.code, bad.value.details) == ("connection.key_missing", {"key": "2024"})


def test_a_key_renamed_is_another_key() -> None:
    stored = RING.encrypt("s3cret", *HERE).replace("2024", "2025")
    with pytest.raises(BadConnection) as bad:
        Keyring.parse(f"2025:{KEY}").decrypt(stored, *HERE)
    assert bad.value.code == "connection.password_unreadable"


def test_changing_keys() -> None:
    old = RING.encrypt("s3cret", *HERE)
    both = Keyring.parse(f"2025:{OTHER},2024:{KEY}")
    new = both.encrypt(both.decrypt(old, *HERE), *HERE)
    assert (both.is_current(old), both.is_current(new)) == (False, True)
    assert Keyring.parse(f"2025:{OTHER}").decrypt(new, *HERE) == "s3cret"


def test_hex_is_the_same_key() -> None:
    hexadecimal = Keyring.parse(bytes(range(32)).hex())
    assert hexadecimal == Keyring.parse(KEY)
    assert hexadecimal.decrypt(Keyring.parse(KEY).encrypt("s3cret", *HERE), *HERE) == "s3cret"


def test_nothing_shows_a_key() -> None:
    assert KEY not in repr(RING) and "\\x01" not in repr(RING) and "2024" in repr(RING)


@pytest.mark.parametrize(
    "written",
    [
        "short",
        KEY[:-4],
        KEY + "AAAA",
        "zz" * 32,
        f"bad id:{KEY}",
        f":{KEY}",
        f"a:{KEY},",
        f"a:{KEY},a:{OTHER}",
        "키",
        ",",
    ],
)
def test_a_wrong_setting(written: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as bad:
        load_or_make(written, tmp_path / "colloquery.key")
    assert (bad.value.code, bad.value.details) == ("setting.secret_key", {"name": "COLLOQUERY_SECRET_KEY"})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("secret", [None, "", "  "])
def test_the_first_run_makes_a_key(secret: str | None, tmp_path: Path) -> None:
    path = tmp_path / "colloquery.key"
    made = load_or_make(secret, path)
    assert path.stat().st_mode & 0o777 == 0o600 and list(tmp_path.iterdir()) == [path]
    assert load_or_make(secret, path) == made
    assert load_or_make(KEY, path) == Keyring.parse(KEY)


def test_the_file_holds_as_many_keys_as_the_setting_a_line_each(tmp_path: Path) -> None:
    path = tmp_path / "colloquery.key"
    path.write_text(f"2026:{OTHER}\n\nold:{KEY}\n", encoding="ascii")
    assert load_or_make(None, path) == Keyring.parse(f"2026:{OTHER},old:{KEY}")


@pytest.mark.parametrize("content", [b"", b"not a key", b"\xff\xfe"])
def test_a_spoiled_key_file_is_never_replaced(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "colloquery.key"
    path.write_bytes(content)
    with pytest.raises(BadSetting) as bad:
        load_or_make(None, path)
    assert bad.value.code == "setting.key_file" and path.read_bytes() == content


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as bad:
        load_or_make(None, tmp_path / "missing" / "colloquery.key")
    assert bad.value.code == "setting.key_file"


PROCESS = """
import sys
from pathlib import Path
from core.storage.crypto import load_or_make
print("ready", flush=True)
sys.stdin.readline()
print(load_or_make(None, Path(sys.argv[1])).active)
"""


def test_processes_that_start_at_once_end_with_one_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROCESS, str(tmp_path / "colloquery.key")]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert len({process.communicate()[0] for process in processes}) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("mode", "owner", "user", "too_open"),
    [
        (0o600, 1000, 1000, False),
        (0o640, 1000, 1000, True),  # ours to close
        (0o604, 1000, 1000, True),
        (0o444, 0, 1000, False),  # a mounted secret: it belongs to root and is there for us to read
        (0o444, 0, 0, False),
        (0o644, 0, 0, False),
        (0o646, 0, 1000, True),
        (0o660, 0, 0, True),
    ],
)
def test_which_key_files_are_too_open(mode: int, owner: int, user: int, too_open: bool) -> None:
    file = os.stat_result((0o100000 | mode, 0, 0, 1, owner, owner, 0, 0, 0, 0))
    assert is_too_open(file, user) is too_open
