from . import test_calls_today
from . import test_customer_card
from . import test_head_board
from . import test_ui
