"""Proves that the program is understood where botocore, boto3, the official SDK and moto are.

Usage: python -m interop PROGRAM. `INTEROP_SEED` repeats the random part of a run.
"""

import os
import pathlib
import random
import sys
import tempfile
import time

from . import acceptance, chains, clients, loopback, networks, rotation, setups, signatures, standing
from .report import Report
from .samples import Samples


def main():
    """Runs all checks; the exit status says whether all have passed."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    path = str(pathlib.Path(sys.argv[1]).resolve())
    seed = int(os.environ.get("INTEROP_SEED") or time.time())
    print(f"INTEROP_SEED={seed}", flush=True)
    report = Report()
    with tempfile.TemporaryDirectory() as home:
        # The SDKs in this process must find nothing of the user's either.
        os.environ.clear()
        os.environ.update({"HOME": home, "PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true"})
        loopback.stay_on_loopback()
        samples = Samples(random.Random(seed))
        for checks in (signatures, acceptance, clients, chains, setups, standing, rotation, networks):
            checks.run(report, path, home, samples)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
