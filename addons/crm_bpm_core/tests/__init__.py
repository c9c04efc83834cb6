from . import test_ledger
from . import test_ledger_random
from . import test_ledger_refunds
from . import test_order_calendar
