"""Databases of benches are made once, upgraded when the addons change, dropped when replaced."""

import pytest

from tests.bench import stock
from tools.setup import databases, paths


class Server:
    """A database server that only remembers names."""

    def __init__(self, monkeypatch, folder):
        self.names, self.installed, self.addons, self.data = set(), [], "one", "data_1"
        monkeypatch.setattr(paths, "STATE", folder)
        for name, stand_in in (
            ("exists", lambda name: name in self.names),
            ("rename", self.rename),
            ("drop", self.names.discard),
            ("size", lambda _name: "1 MB"),
            ("addons_hash", lambda: self.addons),
        ):
            monkeypatch.setattr(databases, name, stand_in)
        for name, stand_in in (
            ("copy", lambda _source, target: self.names.add(target)),
            ("close", lambda _name: None),
            ("dataset_database", lambda _size: self.data),
            ("_install", self.install),
        ):
            monkeypatch.setattr(stock, name, stand_in)

    def rename(self, old, new):
        self.names.remove(old)
        self.names.add(new)

    def install(self, database):
        if self.addons == "broken":
            raise RuntimeError("no installation")
        self.installed.append(database)


@pytest.fixture
def server(monkeypatch, tmp_path):
    return Server(monkeypatch, tmp_path)


def test_bench_database(server):
    """Installed once on the data; the same addons again: nothing; changed ones: upgraded."""
    name = stock.bench_database(100)
    assert server.names == {name} and server.installed == [f"{name}_building"]
    assert stock.bench_database(100) == name and len(server.installed) == 1
    server.addons = "two"
    assert stock.bench_database(100) == name and len(server.installed) == 2
    assert server.names == {name}
    server.data = "data_2"
    other = stock.bench_database(100)
    assert other != name and server.names == {other}


def test_broken_upgrade(server):
    """A database that could not be upgraded is not kept half done: the next run makes it anew."""
    name = stock.bench_database(100)
    server.addons = "broken"
    with pytest.raises(RuntimeError):
        stock.bench_database(100)
    assert not server.names
    server.addons = "three"
    assert stock.bench_database(100) == name and server.names == {name}
