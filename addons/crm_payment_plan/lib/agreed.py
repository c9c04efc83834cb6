"""Which contracts owe what they plan."""

#: Condition of SQL on a contract ``c``. The terms of a new version are open until it is
#: approved; what the parties had agreed before is owed and reminded of meanwhile.
AGREED = """(
    c.state IN ('approved', 'active', 'completed') OR c.state = 'draft' AND c.version > 1)"""
