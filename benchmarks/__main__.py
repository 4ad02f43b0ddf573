"""Run every benchmark: `make bench`. Medians of one run, so that the rows can be compared."""

import os

# one core, also where a library would use more; before numpy is imported
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from importlib import import_module  # noqa: E402
from pathlib import Path  # noqa: E402

for file in sorted(Path(__file__).parent.glob("bench_*.py")):
    import_module(f"benchmarks.{file.stem}").main()
