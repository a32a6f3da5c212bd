"""``python -m benchmarks [MODULE ...] [--only TEXT] [--json FILE] [--markdown FILE]``."""

import argparse
import importlib
import importlib.util
import json
import pathlib
import sys

from benchmarks import harness

# In the order of their letters. A module that is not there yet is left out.
MODULES = ("models", "filters", "patches", "service", "adapters", "loopback", "imports", "memory", "profiles")


def main() -> int:
    there = [name for name in MODULES if importlib.util.find_spec(f"benchmarks.{name}")]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure scimcore beside its peers.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"which rows: {', '.join(there)} (default: all)")
    parser.add_argument("--only", metavar="TEXT", help="only rows whose name contains this")
    parser.add_argument("--seconds", type=float, default=2.0, help="about how long a row may take (default: 2)")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write all figures there")
    parser.add_argument("--markdown", metavar="FILE", type=pathlib.Path, help="write the ratios there, as a table")
    options = parser.parse_args()
    unknown = sorted(set(options.modules) - set(there))
    if unknown:
        parser.error(f"no such module: {', '.join(unknown)}; there are {', '.join(there)}")

    results = []
    for name in options.modules or there:
        for row in importlib.import_module(f"benchmarks.{name}").rows():
            if options.only and options.only not in row.name:
                continue
            print(f"... {row.name}", file=sys.stderr, flush=True)
            results.append(harness.measure(row, seconds=options.seconds))
    print(harness.table(results))
    for peer, reason in harness.MISSING.items():
        print(f"note: {peer} is not there and its figures are left out ({reason})")
    if options.json:
        options.json.write_text(json.dumps([result.to_document() for result in results], indent=1) + "\n")
    if options.markdown:
        options.markdown.write_text(harness.ratios_as_markdown(results) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
