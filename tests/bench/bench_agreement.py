"""A thousand random questions, with failures and repairs, counted against what the model's server reported.

    python -m tests.bench.bench_agreement [--questions 1000] [--seed 1]

Every question's row, every person's totals and every figure that people are shown must agree with the server to the
token and to the smallest part of a cent that is kept; it ends with an error where one does not.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tests.usage.test_agreement import ask_and_compare


def main() -> None:
    """Ask and compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--questions", type=int, default=1_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(ask_and_compare(Path(place), chosen.questions, chosen.seed))
    print(f"{chosen.questions} questions agree, in {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
