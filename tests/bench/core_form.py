"""Opening a customer's form with the product and without it.

Chromium opens a form in both databases; the requests it makes are recorded and
then sent again, in turns to both servers. Time and number of queries are the
servers' own, from the line that Odoo logs for each request. Views and menus are
loaded once a session and stay with the client, so they do not count here.
"""

import contextlib
import dataclasses
import http.client
import re
import statistics
import time

from tests import running
from tests.bench import dataset
from tests.bench.frame import Result, bench

LOGIN, PASSWORD = "admin", "admin"

OPEN_FORM = """([model, id]) => odoo.__WOWL_DEBUG__.root.env.services.action.doAction({
    type: "ir.actions.act_window", name: "Customer", res_model: model, res_id: id,
    views: [[false, "form"]], target: "current",
})"""

#: Static files, pictures and views are cached by the browser or cost the same.
IGNORED = re.compile(
    r"^/(web/(assets|static|image|bundle)|websocket|bus|[a-z_]+/static)|/get_views\b"
)
PERFORMANCE = re.compile(r'"(?:GET|POST) \S+ HTTP/1\.[01]" \d+ - (\d+) ([\d.]+) ([\d.]+)')


@dataclasses.dataclass(frozen=True)
class Request:
    """One request of the web client."""

    method: str
    path: str
    body: str | None

    @property
    def name(self) -> str:
        return self.path.split("?")[0].rsplit("#")[-1].removeprefix("/web/dataset/call_kw/")


def record_opening(page, record_id: int, url: str, model="res.partner") -> list[Request]:
    """Open the form as a click on a list does; what the client asked meanwhile."""
    seen, pending = [], set()

    def started(request):
        path = request.url.removeprefix(url)
        if request.url.startswith(url) and not IGNORED.search(path):
            seen.append(Request(request.method, path, request.post_data))
            pending.add(request)

    def ended(request):
        pending.discard(request)

    listeners = {"request": started, "requestfinished": ended, "requestfailed": ended}
    for event, listener in listeners.items():
        page.on(event, listener)
    page.evaluate(OPEN_FORM, [model, record_id])
    _until_quiet(page, seen, pending)
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    return seen


def _until_quiet(page, seen, pending, quiet=1.0, timeout=60) -> None:
    """Until nothing has been asked for a second and all is answered."""
    deadline = time.monotonic() + timeout
    last, since = -1, time.monotonic()
    while time.monotonic() < deadline:
        page.wait_for_timeout(50)
        if len(seen) != last or pending:
            last, since = len(seen), time.monotonic()
        elif seen and time.monotonic() - since > quiet:
            return
    raise AssertionError(f"The form is still loading: {[request.name for request in seen]}")


class Replay:
    """Sends recorded requests and reads their cost from the server's log."""

    def __init__(self, server, requests, cookies):
        self.server = server
        self.requests = requests
        self.headers = {
            "Content-Type": "application/json",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        }
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)

    def run(self) -> list[tuple[int, float]]:
        """Queries and seconds of each request, in order."""
        return [self._send(request) for request in self.requests]

    def _send(self, request) -> tuple[int, float]:
        position = self.server.log.stat().st_size
        body = request.body and request.body.encode()
        self.connection.request(request.method, request.path, body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200 or (request.body and b'"error"' in text[:200]):
            raise AssertionError(f"{request.name}: {answer.status} {text[:500]}")
        found = PERFORMANCE.search(self._log_since(position))
        queries, query_time, other_time = found.groups()
        return int(queries), float(query_time) + float(other_time)

    def _log_since(self, position: int) -> str:
        """The line is written before the answer, but may not have reached the file."""
        deadline = time.monotonic() + 5
        while True:
            with self.server.log.open(errors="replace") as log:
                log.seek(position)
                text = log.read()
            if PERFORMANCE.search(text) or time.monotonic() > deadline:
                return text


def measure_forms(lab) -> dict:
    """Median cost of opening the form, with and without the product."""
    databases = {"without": lab.plain(lab.small), "with": lab.database(lab.small)}
    with contextlib.ExitStack() as stack:
        browser = stack.enter_context(running.chromium())
        replays = {
            kind: _recorded(browser, stack.enter_context(lab.server(name)), lab)
            for kind, name in databases.items()
        }
        costs = {kind: [] for kind in replays}
        for _round in range(1 if lab.tiny else 30):
            for kind, replay in replays.items():
                costs[kind].append(replay.run())
    return {kind: _medians(replays[kind], costs[kind]) for kind in replays}


def _recorded(browser, server, lab) -> Replay:
    page = running.log_in(browser, server.url, LOGIN, PASSWORD)
    weekly = _weekly_customers(lab)
    record_opening(page, weekly[0], server.url)
    requests = record_opening(page, weekly[1], server.url)
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    page.context.close()
    replay = Replay(server, requests, cookies)
    replay.run()
    return replay


def _weekly_customers(lab) -> list[int]:
    """Two customers with many orders, the same in both databases."""
    with lab.env(lab.small) as env:
        env.cr.execute(
            """SELECT partner_id FROM sale_order WHERE partner_id BETWEEN %s AND %s
                GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2""",
            [dataset.FIRST_CUSTOMER, dataset.FIRST_CONTACT],
        )
        return [row[0] for row in env.cr.fetchall()]


def _medians(replay, costs) -> dict:
    """Per request the median, and their sums."""
    requests = {}
    for position, request in enumerate(replay.requests):
        queries = statistics.median(round_[position][0] for round_ in costs)
        took = statistics.median(round_[position][1] for round_ in costs)
        known = requests.get(request.name, (0, 0.0))
        requests[request.name] = (known[0] + queries, known[1] + took)
    return {
        "requests": requests,
        "queries": sum(queries for queries, _took in requests.values()),
        "seconds": sum(took for _queries, took in requests.values()),
    }


def forms(lab) -> dict:
    return lab.once("forms", lambda: measure_forms(lab))


@bench("customer form: server time", unit="ms", max_ratio=1.15)
def form_time(lab):
    found = forms(lab)
    return Result(found["with"]["seconds"] * 1000, found["without"]["seconds"] * 1000)


@bench("customer form: number of queries", unit="queries", max_ratio=1.15)
def form_queries(lab):
    found = forms(lab)
    names = dict.fromkeys([*found["without"]["requests"], *found["with"]["requests"]])
    for name in names:
        texts = []
        for kind in ("without", "with"):
            queries, took = found[kind]["requests"].get(name, (0, 0))
            texts.append(f"{queries:3.0f} queries {took * 1000:6.1f} ms")
        lab.note(f"{name:<58} {' -> '.join(texts)}")
    return Result(found["with"]["queries"], found["without"]["queries"])
