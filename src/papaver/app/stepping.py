"""The second process of a long replay: the days it is told on standard input, their answers on standard output."""

import pickle
import sys

from papaver.app.replay import step


def main() -> None:
    """Read (analysis, params, reopen, days), write {day: answer}, both pickled."""
    analysis, params, reopen, days = pickle.load(sys.stdin.buffer)
    evidence = reopen()
    answers = {day: step(analysis, params, evidence, day, whole=False) for day in days}
    pickle.dump(answers, sys.stdout.buffer)


if __name__ == "__main__":
    main()
