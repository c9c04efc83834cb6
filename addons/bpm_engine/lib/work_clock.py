"""Working time between many pairs of moments, from one list of working intervals."""

from bisect import bisect_right


class WorkClock:
    """Counts working seconds.

    :param intervals: (start, stop) of working time as comparable moments, in order,
        not overlapping.
    """

    def __init__(self, intervals):
        self.starts, self.stops, self.before = [], [], []
        total = 0.0
        for start, stop in intervals:
            self.starts.append(start)
            self.stops.append(stop)
            self.before.append(total)
            total += (stop - start).total_seconds()

    def seconds(self, start, stop):
        """Working seconds from ``start`` to ``stop``; 0 if it is not later.

        >>> from datetime import datetime as d
        >>> clock = WorkClock([(d(2026, 1, 5, 8), d(2026, 1, 5, 12)),
        ...                    (d(2026, 1, 6, 8), d(2026, 1, 6, 12))])
        >>> clock.seconds(d(2026, 1, 5, 11), d(2026, 1, 6, 9)) / 3600
        2.0
        """
        return max(self._until(stop) - self._until(start), 0.0)

    def _until(self, moment):
        """Working seconds before a moment, from the first interval."""
        position = bisect_right(self.starts, moment) - 1
        if position < 0:
            return 0.0
        end = min(moment, self.stops[position])
        return self.before[position] + (end - self.starts[position]).total_seconds()
