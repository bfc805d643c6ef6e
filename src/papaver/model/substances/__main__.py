"""List what the normaliser cannot resolve: `python -m papaver.model.substances [--terms] < LINES`."""

import sys
from collections import Counter

from papaver.model.substances import VOCABULARY_VERSION, mentions, terms, unresolved


def main(arguments: list[str]) -> int:
    """Read lines of free text (or, with --terms, delimited lists) and print the share resolved and the rest."""
    as_terms = "--terms" in arguments
    left: Counter[str] = Counter()
    total = 0
    for line in sys.stdin:
        text = line.strip()
        if as_terms:
            found = terms(text)
            left.update(m.reported_as for m in found if m.role == "unknown")
            total += len(found)
        else:
            words = unresolved(text)
            left.update(word.lower() for word in words)
            total += len(words) + len(mentions(text))
    resolved = 1 - left.total() / total if total else 1.0
    print(f"vocabulary {VOCABULARY_VERSION}: {total} terms, {resolved:.2%} resolved, {left.total()} left")
    for term, n in left.most_common():
        print(f"{n}\t{term}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
