"""Benches: speed against a floor measured in the same run.

A bench is a function in any module of this folder, registered by
:func:`tests.bench.frame.bench`. It gets the :class:`tests.bench.lab.Lab`, which
has the databases, and returns what it measured::

    @bench("ledger: rebuild", unit="s", max_ratio=1.5)
    def ledger_rebuild(lab):
        with lab.env() as env:
            ours, floor = lab.best(lambda: ..., lambda: ...)
        return Result(ours, floor)

``make bench`` runs them all, ``make bench NAME='ledger|calls'`` those whose name
the regular expression finds, ``make bench SIZE=10000`` on fewer customers. The floor is the leanest
raw SQL that gives the same answer on the same tables; the bench itself checks
that the answers are equal, and fails otherwise.
"""
