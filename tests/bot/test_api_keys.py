"""`colloquery api-keys` as people run it: output and exit code."""

from tests.bot.test_people import Run, run

__all__ = ["run"]


def test_a_key_is_made_shown_once_listed_and_revoked(run: Run) -> None:
    run("people", "add", "kim@example.com", "--name", "Kim")
    line, key, note = run("api-keys", "add", "report", "--may", "ask", "--may", "usage", "--for", "kim@example.com")
    prefix, name, owner, scopes, state, _, used, key_id = line.split("\t")
    assert (name, owner, scopes, state, used) == ("report", "Kim", "ask, usage", "works", "0")
    assert key.startswith(prefix + "_") and note.startswith("Keep it now")
    assert run("api-keys", "list") == [line]
    assert run("api-keys", "revoke", prefix)[0].split("\t")[4] == "revoked"
    assert run("api-keys", "revoke", key_id)[0].split("\t")[4] == "revoked"
    assert key not in str(run("api-keys", "list"))


def test_what_a_key_is_for_and_how_long_is_said(run: Run) -> None:
    assert run("api-keys", "add", "mine", "--may", "administer", "--forever")[0].split("\t")[5] == "never expires"
    assert run("api-keys", "add", "bad", "--may", "everything", code=2)
    assert run("api-keys", "add", "bad", "--may", "ask=nothing", code=2)
    assert run("api-keys", "add", "bad", "--may", "ask", "--days", "0", code=2)
    assert run("api-keys", "add", "bad", code=2)
    run("people", "add", "kim@example.com", "--name", "Kim")
    assert run("api-keys", "add", "bad", "--may", "administer", "--for", "kim@example.com", code=2)
    assert run("api-keys", "revoke", "cq_nothing", code=2)
