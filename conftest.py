"""What all tests have in common."""

import contextlib
import functools
import shutil

import freezegun

# A test that stops the clock does not stop pytest's own, which tells the slowest tests.
freezegun.configure(extend_ignore_list=["_pytest."])

#: Seconds that a request of a browser waits for its turn: all requests of a test share one
#: transaction. Odoo's 20 are too few beside other work; what was refused then came as an
#: error page where a script or JSON was expected.
WAIT_FOR_TURN = 120
#: Seconds that a tour may take; its steps wait longer too (bpm_engine's tours/patience.js).
WAIT_FOR_TOUR = 240


def pytest_sessionstart(session):
    if session.config.pluginmanager.hasplugin("odoo"):
        from odoo.tests.common import BaseCase, HttpCase

        BaseCase.test_cursor_lock_timeout = WAIT_FOR_TURN
        HttpCase.start_tour = _patient(HttpCase.start_tour)
        _give_workers_their_own_files()


def _patient(start_tour):
    @functools.wraps(start_tour)
    def start(self, url_path, tour_name, **options):
        return start_tour(self, url_path, tour_name, **{"timeout": WAIT_FOR_TOUR, **options})

    return start


def _give_workers_their_own_files():
    """A worker's database is a copy; pytest-odoo lets all of them share one filestore.

    There the files of one worker's records are rubbish in the eyes of the others.
    """
    import pytest_odoo

    from tools.setup import databases

    @contextlib.contextmanager
    def own_filestore(original, copy):
        if original != copy:
            databases.copy_files(original, copy)
        yield
        if original != copy:
            shutil.rmtree(databases.filestore(copy), ignore_errors=True)

    pytest_odoo._shared_filestore = own_filestore
