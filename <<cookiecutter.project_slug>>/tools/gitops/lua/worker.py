"""`python -m gitops.lua.worker`: runs scripts in the sandbox for a Python that has no Lua. JSON comes in and goes out.

In: a list of what `sandbox.run` takes. Out: as many results, each with `value`, `error` and `lines`.
"""

import json
import sys

from gitops.lua import sandbox


def main() -> None:
    runs = (sandbox.run(**question) for question in json.load(sys.stdin))
    json.dump([{"value": run.value, "error": run.error, "lines": sorted(run.lines)} for run in runs], sys.stdout)


if __name__ == "__main__":
    main()
