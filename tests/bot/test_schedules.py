"""`colloquery schedules` as people run it: output and exit code."""

import json

from tests.bot.test_people import Run, run

__all__ = ["run"]

QUESTION = "How many customers are there?"


def test_a_question_is_scheduled_listed_paused_resumed_run_and_deleted(run: Run) -> None:
    run("demo")
    assert run("schedules", "list") == ["Nothing is scheduled."]
    head, what, state = run("schedules", "add", QUESTION, "--when", "every weekday at 9", "--if", "changed")
    assert head.endswith(QUESTION) and "every weekday at 09:00" in what and "when it changed" in what
    assert state.strip().startswith("next ") and "not asked yet" in state
    assert run("schedules", "list") == [head, what, state]
    one = head.split()[0]
    assert "paused" in run("schedules", "pause", one)[2]
    assert "It is paused." in run("schedules", "run", one, code=2)[0]
    assert "next" in run("schedules", "resume", QUESTION)[2]
    assert "next" in run("schedules", "run", one)[2]
    (made,) = json.loads("".join(run("schedules", "list", "--json", "--all")))
    assert (made["title"], made["connection"], made["platform"]) == (QUESTION, "demo", "web")
    assert run("schedules", "delete", one) == [f"Deleted: {QUESTION}"]
    assert run("schedules", "list", "--lang", "ko") == ["예약한 질문이 없어요."]


def test_what_cannot_be_scheduled_is_said(run: Run) -> None:
    run("demo")
    assert "every weekday at 9" in run("schedules", "add", QUESTION, "--when", "soon", code=2)[0]
    assert "orders < 100" in run("schedules", "add", QUESTION, "-w", "daily at 9", "--if", "never", code=2)[0]
    for place in ("slack:T1:C1", "slack", "a::b", "teams:T1:C1"):
        said = run("schedules", "add", QUESTION, "-w", "daily at 9", "--to", place, code=2)
        assert f"“{place}”" in said[0]
    assert "no database connection" in run("schedules", "add", QUESTION, "-w", "daily at 9", "-c", "no", code=2)[0]
    for command in ("pause", "resume", "run", "delete"):
        assert run("schedules", command, "none", code=2)[0].startswith("0 scheduled questions")


def test_it_is_posted_into_a_channel_of_a_chat_that_is_set_up(run: Run) -> None:
    run("demo")
    tenant = "8f2c9a14-52d0-4f0e-9d33-6a1b0c7d5e21"
    chats = {
        "slack": ("T0123", "C0123", {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}),
        "teams": (tenant, "19:general@thread.tacv2",
                  {"TEAMS_APP_ID": tenant, "TEAMS_APP_PASSWORD": "a secret", "TEAMS_TENANT_ID": tenant}),
    }  # fmt: skip
    for platform, (workspace, channel, settings) in chats.items():
        to = f"{platform}:{workspace}:{channel}"
        said = run("schedules", "add", QUESTION, "-w", "daily at 9", "--to", to, **settings)
        assert f"to {platform.title()} {channel}" in said[1]
