"""How good recession alarms were, judged by what the customers did afterwards.

Pure arithmetic on order days, no database and no other library. Days are
integers (``date.toordinal()``) or anything else that counts days.

The terms, all for a customer and a day t, with order days up to t only unless
the future is meant:

norm        The half year (182 days) that ended 8 weeks before t, or with the last
            order when that is older, so that neither the weeks under test nor a
            silence dilutes it. Its rate is order days a day.
regular     In the norm at least 6 order days, at least 91 days and one order a 45
            days; silent for at most 182 days.
horizon H   56 days, or 91 where the usual gap exceeds 21 days.
recession   Order days in (t, t + H] are fewer than 30 % of rate * H.
episode     First weekly t at which a regular customer is in recession and was not
            a week before. Its onset is the last normal order: the order day with
            the largest shortfall after it, measured in swings.
found       An alarm lies in (onset, onset + H].
right       The alarm finds an episode, or the recession holds from the alarm on.
judged      The customer was regular at the alarm and its outcome is known by now.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from math import floor, sqrt

NORM_DAYS = 182
LAG_DAYS = 56
MIN_ORDER_DAYS = 6
MIN_TENURE_DAYS = 91
MAX_GAP_DAYS = 45
SHORT_HORIZON, LONG_HORIZON = 56, 91
SHORT_GAP_DAYS = 21
LOSS_SHARE = 0.30
COOLDOWN_DAYS = 28


@dataclass(frozen=True)
class Norm:
    """What was usual for a customer before a day."""

    regular: bool
    rate: float  # order days a day
    gap: float  # days between order days
    last: int  # last order day, None before the first

    @property
    def horizon(self):
        return SHORT_HORIZON if self.gap <= SHORT_GAP_DAYS else LONG_HORIZON


@dataclass(frozen=True)
class Episode:
    """A recession that should be found."""

    customer: object
    onset: int
    horizon: int
    gap: float

    def holds(self, day):
        return self.onset < day <= self.onset + self.horizon


@dataclass
class Score:
    """Figures of a set of alarms."""

    episodes: int = 0
    found: int = 0
    alarms: int = 0  # judged ones
    right: int = 0
    strict: int = 0  # right because the customer stayed away from the alarm on
    loaded: int = 0  # judged ones whose whole horizon is known
    customer_weeks: int = 0
    repeats: int = 0
    not_judged: int = 0
    delays: list = field(default_factory=list, repr=False)
    overdue: list = field(default_factory=list, repr=False)

    @property
    def precision(self):
        return self.right / self.alarms if self.alarms else 0.0

    @property
    def strict_precision(self):
        return self.strict / self.alarms if self.alarms else 0.0

    @property
    def recall(self):
        return self.found / self.episodes if self.episodes else 0.0

    @property
    def f1(self):
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def delay_median(self):
        return quantile(self.delays, 0.5)

    @property
    def overdue_median(self):
        """Days after the order that was due when the alarm came, median."""
        return quantile(self.overdue, 0.5)

    @property
    def load_per_100_week(self):
        """Alarms a week on 100 active regular customers."""
        return 100 * self.loaded / max(1, self.customer_weeks)

    def as_dict(self):
        names = ("episodes", "found", "alarms", "right", "repeats", "not_judged", "customer_weeks")
        result = {name: getattr(self, name) for name in names}
        for name in ("precision", "recall", "f1", "strict_precision"):
            result[name] = round(getattr(self, name), 3)
        return {
            **result,
            "delay_median": self.delay_median,
            "delay_p90": quantile(self.delays, 0.9),
            "overdue_median": self.overdue_median and round(self.overdue_median, 1),
            "load_per_100_week": round(self.load_per_100_week, 2),
        }


def quantile(values, share):
    """Quantile with linear interpolation; None of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    low = floor(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - low)


class History:
    """Order days per customer, and the questions the terms above ask of them."""

    def __init__(self, order_days):
        """:param order_days: dict customer -> iterable of day numbers"""
        self.days = {key: sorted(set(days)) for key, days in order_days.items() if days}
        self.first_day = min((days[0] for days in self.days.values()), default=0)
        self.last_day = max((days[-1] for days in self.days.values()), default=0)
        self._episodes = None
        self._weeks = None

    def count(self, customer, after, until):
        """Order days in (after, until]."""
        days = self.days[customer]
        return bisect_right(days, until) - bisect_right(days, after)

    def last_order(self, customer, day):
        days = self.days[customer]
        place = bisect_right(days, day)
        return days[place - 1] if place else None

    def norm(self, customer, day):
        last = self.last_order(customer, day)
        if last is None:
            return Norm(False, 0.0, 999.0, None)
        end = min(day - LAG_DAYS, last)
        begin = max(end - NORM_DAYS, self.days[customer][0] - 1)
        tenure = end - begin
        if tenure <= 0:
            return Norm(False, 0.0, 999.0, last)
        orders = self.count(customer, begin, end)
        gap = min(tenure / orders, 999.0) if orders else 999.0
        regular = (
            orders >= MIN_ORDER_DAYS
            and tenure >= MIN_TENURE_DAYS
            and gap <= MAX_GAP_DAYS
            and day - last <= NORM_DAYS
        )
        return Norm(regular, orders / tenure, gap, last)

    def recedes(self, customer, day, norm):
        """Fewer than 30 % of the usual order days follow."""
        horizon = norm.horizon
        return self.count(customer, day, day + horizon) < LOSS_SHARE * norm.rate * horizon

    # -- episodes ------------------------------------------------------
    def weeks(self):
        return range(self.first_day + LAG_DAYS + MIN_TENURE_DAYS, self.last_day + 1, 7)

    def scan(self):
        """All episodes, and the number of weeks active regular customers were judged."""
        if self._episodes is None:
            self._episodes, self._weeks = [], 0
            for customer in self.days:
                self._scan_customer(customer)
        return self._episodes, self._weeks

    def _scan_customer(self, customer):
        found, receding_before, judged_before = [], False, False
        for day in self.weeks():
            norm = self.norm(customer, day)
            judged = norm.regular and day + norm.horizon <= self.last_day
            receding = judged and self.recedes(customer, day, norm)
            if judged and norm.last > day - LAG_DAYS:
                self._weeks += 1
            if receding and judged_before and not receding_before:
                episode = self._locate(customer, day, norm)
                if episode:
                    found.append(episode)
            receding_before, judged_before = receding, judged
        self._episodes += self._merge(found)

    def _locate(self, customer, day, norm):
        """The episode that showed itself on this day; its onset is the last normal order."""
        end = day + norm.horizon
        days = self.days[customer]
        onset, worst = None, None
        for place in range(bisect_right(days, day - LAG_DAYS), bisect_left(days, end - 7)):
            usual = norm.rate * (end - days[place])
            missing = usual - self.count(customer, days[place], end)
            swings = missing / sqrt(max(usual, 1e-9) * max(norm.rate, 1e-9))
            if worst is None or swings >= worst:
                onset, worst = days[place], swings
        return None if onset is None else Episode(customer, onset, norm.horizon, norm.gap)

    @staticmethod
    def _merge(episodes):
        """A relapse within the horizon belongs to the same episode."""
        kept = []
        for episode in sorted(episodes, key=lambda item: item.onset):
            if not kept or episode.onset > kept[-1].onset + kept[-1].horizon:
                kept.append(episode)
        return kept

    # -- alarms --------------------------------------------------------
    def once_per_silence(self, alarms):
        """Alarms without repeats: no order in between, or within the cool-down."""
        kept, previous = [], {}
        for customer, day in sorted(alarms, key=lambda alarm: (str(alarm[0]), alarm[1])):
            before = previous.get(customer)
            if before is not None:
                last = self.last_order(customer, day)
                if last is None or last <= before or day - before < COOLDOWN_DAYS:
                    continue
            kept.append((customer, day))
            previous[customer] = day
        return kept

    def score(self, alarms):
        """:param alarms: iterable of (customer, day number)"""
        episodes, customer_weeks = self.scan()
        start = self.weeks().start
        known = [(customer, day) for customer, day in alarms if customer in self.days]
        fit = [a for a in known if a[1] >= start and self.norm(*a).regular]
        kept = self.once_per_silence(fit)
        result = Score(episodes=len(episodes), customer_weeks=customer_weeks)
        result.repeats, result.not_judged = len(fit) - len(kept), len(known) - len(fit)
        by_customer = {}
        for episode in episodes:
            by_customer.setdefault(episode.customer, []).append(episode)
        for customer, day in kept:
            self._judge(result, customer, day, by_customer.get(customer, ()))
        self._find(result, episodes, kept)
        return result

    def _judge(self, result, customer, day, episodes):
        norm = self.norm(customer, day)
        horizon = norm.horizon
        inside = any(episode.holds(day) for episode in episodes)
        stayed_away = self.recedes(customer, day, norm)
        complete = day + horizon <= self.last_day
        orders = self.count(customer, day, min(day + horizon, self.last_day))
        back = orders >= LOSS_SHARE * norm.rate * horizon
        if not (complete or inside or back):
            result.not_judged += 1
            return
        result.alarms += 1
        result.right += inside or stayed_away
        result.strict += stayed_away
        result.loaded += complete

    @staticmethod
    def _find(result, episodes, alarms):
        days = {}
        for customer, day in alarms:
            days.setdefault(customer, []).append(day)
        for episode in episodes:
            own = days.get(episode.customer, [])
            place = bisect_right(own, episode.onset)
            if place < len(own) and episode.holds(own[place]):
                result.found += 1
                result.delays.append(own[place] - episode.onset)
                result.overdue.append(own[place] - episode.onset - episode.gap)


def score(order_days, alarms):
    """Score alarms [(customer, day)] against the order days of each customer."""
    return History(order_days).score(alarms)
