"""What describing is for: a Korean question over names that no dictionary knows finds its table."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.catalog.describe import Describer
from core.model.base import completer
from tests.catalog.rooms import asked_names, execute
from tests.houses import ADMINISTRATOR, add_sqlite, administrator, ask, open_house, settings_for
from tests.local_model import LocalModel

SCHEMA = ";".join(
    f"CREATE TABLE zq{n:02}_bxf (krv_id INTEGER PRIMARY KEY, plx_{n} TEXT, wmt_{n} NUMERIC, dyn_{n} TEXT, fgh_{n} INT)"
    for n in range(60)
)
"""60 tables of five columns: more than twice what a prompt holds, and names that say nothing in any language."""

MEANT = "zq37_bxf"
QUESTION = "하역 명세서는 몇 건인가요?"


def answers(messages: list[dict[str, Any]]) -> str:
    """A model that knows what one table is, and otherwise counts it."""
    asked = messages[1]["content"]
    if "Question:" in asked:
        return f"SELECT COUNT(*) AS n FROM {MEANT}"
    known = {MEANT: "Manifests of ships' cargo being unloaded | 하역 명세서; unloading manifest"}
    return "\n".join(f"{name} | {known.get(name, 'Something else | 다른 것; other')}" for name in asked_names(asked))


async def test_the_right_table_is_in_the_prompt_only_after_describing(tmp_path: Path) -> None:
    path = tmp_path / "asked.db"
    execute(path, SCHEMA)
    with LocalModel(answers) as model:
        settings = settings_for(
            tmp_path, openai_api_key=SecretStr(model.key), openai_base_url=model.base_url, openai_max_retries=0
        )
        async with open_house(settings) as built:
            connection = await add_sqlite(built, path)

            async def prompt_of_a_question() -> str:
                before = len(model.completions)
                await ask(built, QUESTION, thread=f"t{before}")
                asked = [str(call.messages[1]["content"]) for call in model.completions[before:]]
                return asked[0]

            assert f"{MEANT}(" not in await prompt_of_a_question()
            person = await administrator(built)
            road = built.road
            describer = Describer(built.store, road.catalog, road.usage, completer(road.writer))
            plan = await describer.plan(person, connection)
            await describer.describe(person, connection, plan, lambda done: None)
            assert f"{MEANT}(" in await prompt_of_a_question()
            # What the pass took is on its own account: the administrator's and the asker's limits are untouched.
            windows = await built.service.usage.windows(ADMINISTRATOR)
    assert {window.used for window in windows} == {0}
