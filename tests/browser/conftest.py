"""What stories at the screen have in common; each module brings its ``world``."""

import pytest

from .stage_person import Person
from .stage_world import SELLER


@pytest.fixture
def person(world, server, browser):
    """``person(login, size)``: what they saw must have been without a fault."""
    people = []

    def come(login=SELLER, size="desktop"):
        people.append(Person(browser, server, login, size))
        return people[-1]

    yield come
    for one in people:
        one.leave()
