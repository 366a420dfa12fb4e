"""Verified questions like the one asked go into the prompt, as far as their SQL is of this database."""

from pathlib import Path

from core.ids import new_id
from core.storage.models import QueryTemplate
from core.storage.session import add_row
from tests.houses import Parts, ask
from tests.local_model import LocalModel
from tests.road.test_model_road import house_with

COUNT = "SELECT COUNT(*) AS customers FROM customers WHERE grade = 'bronze'"


async def test_verified_examples_are_shown_to_the_model(tmp_path: Path, shop: Path) -> None:
    kept = {
        "How many gold customers are there?": ("SELECT COUNT(*) FROM customers WHERE grade = 'gold'", True),
        "How many silver customers are there?": ("SELECT COUNT(*) FROM clients WHERE grade = 'silver'", True),
        "How many VIP customers are there?": ("SELECT COUNT(*) FROM customers WHERE grade = 'vip'", False),
    }
    with LocalModel(COUNT) as model:
        async with house_with(model, tmp_path, shop) as built:
            async with built.store.writing() as session:
                for text, (sql, verified) in kept.items():
                    await add_row(
                        session, QueryTemplate, id=new_id(), user_id=None, name=text, question_template=text,
                        sql_template=sql, is_verified=verified,
                    )  # fmt: skip
            _, reply = await ask(built, "How many bronze customers are there?")
            assert Parts(reply).table is not None
        (call,) = model.completions
    prompt = call.body["messages"][1]["content"]
    assert (
        "Example: How many gold customers are there? SQL: SELECT COUNT(*) FROM customers WHERE grade = 'gold'" in prompt
    )
    assert "clients" not in prompt
    assert "VIP" not in prompt
