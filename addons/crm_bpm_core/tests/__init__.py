from . import test_ledger
from . import test_ledger_concurrency
from . import test_ledger_random
from . import test_ledger_refunds
from . import test_order_calendar
from . import test_table_reader
from . import test_transaction_import
